/* conformance/clients/hapi/Interop.java: HAPI HL7v2 against us, as client and as server.
 *
 * What it sends it builds itself, by the classes of the standard's structures, and its parser and
 * its validation judge all that it gets: acknowledgements, answers and, as a PIX consumer of
 * b-clinic, notifications. Names and identifiers are made for this run. */
import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.Connection;
import ca.uhn.hl7v2.app.HL7Service;
import ca.uhn.hl7v2.llp.MinLowerLayerProtocol;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.v231.message.ADT_A01;
import ca.uhn.hl7v2.model.v231.message.ADT_A39;
import ca.uhn.hl7v2.model.v25.datatype.CX;
import ca.uhn.hl7v2.model.v25.datatype.XPN;
import ca.uhn.hl7v2.model.v25.group.RSP_K21_QUERY_RESPONSE;
import ca.uhn.hl7v2.model.v25.message.ADT_A05;
import ca.uhn.hl7v2.model.v25.message.ADT_A24;
import ca.uhn.hl7v2.model.v25.message.ADT_A30;
import ca.uhn.hl7v2.model.v25.message.ADT_A37;
import ca.uhn.hl7v2.model.v25.message.QBP_Q21;
import ca.uhn.hl7v2.model.v25.message.RSP_K21;
import ca.uhn.hl7v2.model.v25.message.RSP_K23;
import ca.uhn.hl7v2.protocol.ReceivingApplication;
import ca.uhn.hl7v2.util.StandardSocketFactory;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

public final class Interop {
	static final String A = "1.2.392.100495.20.3.51.11319951013", B = "1.2.392.100495.20.3.51.11319952024";
	static final String AFFINITY = "2.999.1", PASSWORD = "interop";

	final String host, stores;
	final int port, toldPort;
	final List<String> operator;
	final String run = Long.toString(System.currentTimeMillis() % 10_000_000_000L);
	final BlockingQueue<Message> told = new LinkedBlockingQueue<>();
	final AtomicInteger refusals = new AtomicInteger();
	int passed, failed, controls;

	Interop(String[] arguments) {
		host = arguments[0];
		port = Integer.parseInt(arguments[1]);
		stores = arguments[2];
		toldPort = Integer.parseInt(arguments[3]);
		operator = Arrays.asList(arguments).subList(4, arguments.length);
	}

	/* ---- Counting ---- */

	<T> T must(String what, Callable<T> deed) {
		try {
			T result = deed.call();
			passed++;
			System.out.println("ok   " + what);
			return result;
		} catch (Throwable fault) {
			failed++;
			System.out.println("FAIL " + what);
			for (Throwable t = fault; t != null; t = t.getCause())
				System.out.println("     " + t.getClass().getSimpleName() + ": "
						   + String.valueOf(t.getMessage()).lines().limit(6).toList());
			return null;
		}
	}

	void hold(String what, Object wanted, Object found) {
		must(what, () -> {
			if (!wanted.equals(found))
				throw new IllegalStateException(found + ", not " + wanted);
			return true;
		});
	}

	void operator(String... words) throws Exception {
		List<String> all = new ArrayList<>(operator);
		all.addAll(List.of(words));
		int exit = new ProcessBuilder(all).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
		if (exit != 0)
			throw new IllegalStateException(String.join(" ", words) + ": exit " + exit);
	}

	/* ---- HAPI over TLS ---- */

	SSLContext tls(String name) throws Exception {
		KeyStore own = KeyStore.getInstance("PKCS12"), authorities = KeyStore.getInstance("PKCS12");
		try (var file = new FileInputStream(stores + "/" + name + ".p12")) {
			own.load(file, PASSWORD.toCharArray());
		}
		try (var file = new FileInputStream(stores + "/authorities.p12")) {
			authorities.load(file, PASSWORD.toCharArray());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(own, PASSWORD.toCharArray());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(authorities);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	/* What it gets is held against HAPI's own rules of the version it says it is. */
	HapiContext hapi(String name) throws Exception {
		SSLContext tls = tls(name);
		HapiContext context = new DefaultHapiContext();
		context.setValidationContext(ValidationContextFactory.defaultValidation());
		context.setLowerLayerProtocol(new MinLowerLayerProtocol(true)); /* MSH-18 says the set */
		context.setSocketFactory(new StandardSocketFactory() {
			@Override
			public Socket createTlsSocket() throws IOException {
				return tls.getSocketFactory().createSocket();
			}

			@Override
			public ServerSocket createTlsServerSocket() throws IOException {
				SSLServerSocket socket = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
				socket.setNeedClientAuth(true);
				return socket;
			}
		});
		return context;
	}

	/* ---- Messages ---- */

	<T extends Message> T begin(T message, String code, String event, String structure, String facility)
		throws Exception {
		Terser t = new Terser(message);
		t.set("MSH-1", "|");
		t.set("MSH-2", "^~\\&");
		t.set("MSH-3", "HAPI");
		t.set("MSH-4", facility);
		t.set("MSH-5", "MINATO");
		t.set("MSH-6", "REGION");
		t.set("MSH-7", java.time.LocalDateTime.now().format(java.time.format.DateTimeFormatter.ofPattern("yyyyMMddHHmmss")));
		t.set("MSH-9-1", code);
		t.set("MSH-9-2", event);
		if (structure != null)
			t.set("MSH-9-3", structure);
		t.set("MSH-10", run + "-" + ++controls);
		t.set("MSH-11", "P");
		t.set("MSH-12", message.getVersion());
		t.set("MSH-18", "UNICODE UTF-8");
		return message;
	}

	static void number(Terser t, String field, String id, String domain) throws HL7Exception {
		t.set(field + "-1", id);
		t.set(field + "-4-2", domain);
		t.set(field + "-4-3", "ISO");
	}

	/* Names as a Japanese system sends them: kanji, then kana. */
	static void person(Terser t, String pid, String family, String given, String kanji) throws HL7Exception {
		t.set(pid + "-5(0)-1-1", kanji);
		t.set(pid + "-5(0)-2", "太郎");
		t.set(pid + "-5(0)-7", "L");
		t.set(pid + "-5(0)-8", "I");
		t.set(pid + "-5(1)-1-1", family);
		t.set(pid + "-5(1)-2", given);
		t.set(pid + "-5(1)-7", "L");
		t.set(pid + "-5(1)-8", "P");
		t.set(pid + "-7-1", "19700203");
		t.set(pid + "-8", "M");
	}

	Message fed(String event, String id, String domain, String facility, String given, String street) throws Exception {
		ADT_A01 m = begin(new ADT_A01(), "ADT", event, "ADT_A01", facility);
		Terser t = new Terser(m);
		t.set("EVN-2", t.get("MSH-7"));
		number(t, "PID-3", id, domain);
		person(t, "PID", "ハピ", given, "波飛");
		if (street != null) {
			t.set("PID-11-1-1", street);
			t.set("PID-11-3", "東京都千代田区");
			t.set("PID-11-5", "1000001");
		}
		t.set("PV1-2", "O");
		return m;
	}

	/* Sends, and must get this acknowledgement. */
	Message talk(String what, Connection c, Message request, String acknowledgement) {
		Message answer = must(what + ": HAPI finds the answer valid", () -> c.getInitiator().sendAndReceive(request));
		if (answer == null)
			return null;
		try {
			Terser t = new Terser(answer);
			hold(what + ": " + acknowledgement, acknowledgement, t.get("MSA-1"));
			hold(what + ": to this message", new Terser(request).get("MSH-10"), t.get("MSA-2"));
		} catch (HL7Exception fault) {
			must(what, () -> { throw fault; });
		}
		return answer;
	}

	/* ---- What is tried ---- */

	List<String> references(String what, Connection c, String id, String domain, String wanted) throws Exception {
		QBP_Q21 q = begin(new QBP_Q21(), "QBP", "Q23", "QBP_Q21", "A");
		Terser t = new Terser(q);
		t.set("QPD-1", "IHE PIX Query");
		t.set("QPD-2", run + "-q" + controls);
		number(t, "QPD-3", id, domain);
		number(t, "QPD-4", "", wanted);
		t.set("RCP-1", "I");
		Message answer = talk(what, c, q, "AA");
		List<String> found = new ArrayList<>();
		if (answer instanceof RSP_K23 r)
			for (CX one : r.getQUERY_RESPONSE().getPID().getPatientIdentifierList())
				if (one.getIDNumber().getValue() != null)
					found.add(one.getIDNumber().getValue());
		hold(what + ": as RSP_K23", true, answer instanceof RSP_K23);
		return found;
	}

	String identities(Connection a, Connection b) throws Exception {
		String one = "H" + run, other = "K" + run, street = "千代田1-2-" + run.substring(run.length() - 4);
		String given = "タロウ";
		talk("ITI-8 A04 at A", a, fed("A04", one, A, "A", given, street), "AA");
		talk("ITI-8 A04 at B", b, fed("A04", other, B, "B", given, street), "AA");
		talk("ITI-8 A08 at A", a, fed("A08", one, A, "A", given, street), "AA");
		talk("ITI-8 of another's domain", a, fed("A04", "Z" + run, B, "A", given, street), "AR");
		operator("consent", "join", "--patient", one + "^^^&" + A + "&ISO", "--reason", "interop");
		List<String> region = references("ITI-9", a, one, A, AFFINITY);
		hold("ITI-9: one regional id", 1, region.size());
		hold("ITI-9: the same from B", region, references("ITI-9 from B", b, other, B, AFFINITY));
		QBP_Q21 unknown = begin(new QBP_Q21(), "QBP", "Q23", "QBP_Q21", "A");
		Terser t = new Terser(unknown);
		t.set("QPD-1", "IHE PIX Query");
		t.set("QPD-2", run + "-unknown");
		number(t, "QPD-3", "NOBODY" + run, A);
		t.set("RCP-1", "I");
		Message refused = talk("ITI-9 of nobody", a, unknown, "AE");
		if (refused != null)
			hold("ITI-9 of nobody: 204", "204", new Terser(refused).get("ERR-3-1"));
		return one;
	}

	void merges(Connection a) throws Exception {
		String kept = "M1" + run, gone = "M2" + run;
		talk("ITI-8 A04, to be kept", a, fed("A04", kept, A, "A", "ジロウ", null), "AA");
		talk("ITI-8 A04, to be merged", a, fed("A04", gone, A, "A", "ジロウ", null), "AA");
		ADT_A39 m = begin(new ADT_A39(), "ADT", "A40", "ADT_A39", "A");
		Terser t = new Terser(m);
		t.set("EVN-2", t.get("MSH-7"));
		String group = "/PIDPD1MRGPV1/";
		number(t, group + "PID-3", kept, A);
		t.set(group + "PID-5-1-1", "波飛");
		number(t, group + "MRG-1", gone, A);
		talk("ITI-8 A40", a, m, "AA");
		talk("ITI-8 A08 of the merged", a, fed("A08", gone, A, "A", "ジロウ", null), "AE");
	}

	ADT_A05 described(String event, String id, String given) throws Exception {
		ADT_A05 m = begin(new ADT_A05(), "ADT", event, "ADT_A05", "A");
		Terser t = new Terser(m);
		t.set("EVN-2-1", t.get("MSH-7"));
		number(t, "PID-3", id, A);
		t.set("PID-3-5", "PI");
		person(t, "PID", "ハピカンリ", given, "波飛管理");
		t.set("PV1-2", "N");
		return m;
	}

	void managed(Connection a) throws Exception {
		String one = "P1" + run, two = "P2" + run, wrong = "P3" + run, right = "P4" + run;
		talk("ITI-30 A28", a, described("A28", one, "イチ"), "AA");
		talk("ITI-30 A28 of another", a, described("A28", two, "ニ"), "AA");
		talk("ITI-30 A31", a, described("A31", one, "イチ"), "AA");
		talk("ITI-30 A28, a wrong number", a, described("A28", wrong, "サン"), "AA");
		ADT_A30 change = begin(new ADT_A30(), "ADT", "A47", "ADT_A30", "A");
		Terser t = new Terser(change);
		t.set("EVN-2-1", t.get("MSH-7"));
		number(t, "PID-3", right, A);
		t.set("PID-3-5", "PI");
		t.set("PID-5-1-1", "波飛管理");
		number(t, "MRG-1", wrong, A);
		t.set("MRG-1-5", "PI");
		talk("ITI-30 A47", a, change, "AA");
		ADT_A24 link = begin(new ADT_A24(), "ADT", "A24", "ADT_A24", "A");
		pair(new Terser(link), one, two);
		talk("ITI-30 A24", a, link, "AA");
		ADT_A37 unlink = begin(new ADT_A37(), "ADT", "A37", "ADT_A37", "A");
		pair(new Terser(unlink), one, two);
		talk("ITI-30 A37", a, unlink, "AA");
	}

	static void pair(Terser t, String one, String two) throws HL7Exception {
		t.set("EVN-2-1", t.get("MSH-7"));
		for (var each : Map.of("PID", one, "PID2", two).entrySet()) {
			number(t, each.getKey() + "-3", each.getValue(), A);
			t.set(each.getKey() + "-5-1-1", "波飛管理");
		}
	}

	/* ---- Demographics ---- */

	QBP_Q21 asked(String tag, String family, String quantity, String pointer) throws Exception {
		QBP_Q21 q = begin(new QBP_Q21(), "QBP", "Q22", "QBP_Q21", "A");
		Terser t = new Terser(q);
		t.set("QPD-1", "IHE PDQ Query");
		t.set("QPD-2", tag);
		t.set("QPD-3(0)-1", "@PID.5.1");
		t.set("QPD-3(0)-2", family);
		t.set("RCP-1", "I");
		if (quantity != null) {
			t.set("RCP-2-1", quantity);
			t.set("RCP-2-2", "RD");
		}
		if (pointer != null)
			t.set("DSC-1", pointer);
		return q;
	}

	static List<String> named(Message answer) {
		List<String> given = new ArrayList<>();
		if (answer instanceof RSP_K21 r)
			for (RSP_K21_QUERY_RESPONSE one : responses(r))
				for (XPN name : one.getPID().getPatientName())
					if ("P".equals(name.getNameRepresentationCode().getValue()))
						given.add(name.getGivenName().getValue());
		return given;
	}

	static List<RSP_K21_QUERY_RESPONSE> responses(RSP_K21 r) {
		try {
			List<RSP_K21_QUERY_RESPONSE> all = new ArrayList<>();
			for (var one : r.getAll("QUERY_RESPONSE"))
				all.add((RSP_K21_QUERY_RESPONSE) one);
			return all;
		} catch (HL7Exception fault) {
			throw new IllegalStateException(fault);
		}
	}

	void demographics(Connection a) throws Exception {
		String family = "ケンサク" + run.substring(run.length() - 4).replaceAll("[0-9]", "カ");
		List<String> all = List.of("イチ", "ニ", "サン");
		for (String given : all) {
			ADT_A01 m = (ADT_A01) fed("A04", "D" + given.hashCode() + run, A, "A", given, null);
			new Terser(m).set("PID-5(1)-1-1", family);
			talk("ITI-8 of " + given, a, m, "AA");
		}
		Message whole = talk("ITI-21", a, asked("t" + run, family, null, null), "AA");
		hold("ITI-21: all three", List.copyOf(new java.util.TreeSet<>(all)),
		     List.copyOf(new java.util.TreeSet<>(named(whole))));
		List<String> found = new ArrayList<>();
		String pointer = null;
		int parts = 0;
		do {
			Message part = talk("ITI-21, part " + parts, a, asked("c" + run, family, "1", pointer), "AA");
			if (part == null)
				return;
			found.addAll(named(part));
			pointer = new Terser(part).get("DSC-1");
		} while (++parts < 5 && pointer != null && !pointer.isEmpty());
		hold("ITI-21: in three parts", 3, parts);
		hold("ITI-21: each once", List.copyOf(new java.util.TreeSet<>(all)),
		     List.copyOf(new java.util.TreeSet<>(found)));
		Message none = talk("ITI-21 of nobody", a, asked("n" + run, "ダレモイナイ", null, null), "AA");
		if (none != null)
			hold("ITI-21 of nobody: NF", "NF", new Terser(none).get("QAK-2"));
	}

	/* ---- Notifications ---- */

	HL7Service listen(HapiContext context) throws Exception {
		HL7Service server = context.newServer(toldPort, true);
		server.registerApplication("ADT", "A31", new ReceivingApplication<Message>() {
			@Override
			public boolean canProcess(Message message) {
				return true;
			}

			/* The first time it has no place for it: it will come again. */
			@Override
			public Message processMessage(Message message, Map<String, Object> metadata) throws HL7Exception {
				try {
					if (refusals.getAndIncrement() == 0)
						return message.generateACK(ca.uhn.hl7v2.AcknowledgmentCode.AR,
									   new HL7Exception("no place"));
					told.add(message);
					return message.generateACK();
				} catch (IOException fault) {
					throw new HL7Exception(fault);
				}
			}
		});
		server.startAndWait();
		return server;
	}

	void notified(String region) throws Exception {
		Message message = must("ITI-10: told after a refusal, and HAPI finds it valid", () -> {
			Message m = told.poll(90, TimeUnit.SECONDS);
			if (m == null)
				throw new IllegalStateException("nothing came");
			return m;
		});
		if (message == null)
			return;
		hold("ITI-10: as ADT_A05 of 2.5", true, message instanceof ADT_A05);
		if (message instanceof ADT_A05 m) {
			List<String> domains = new ArrayList<>();
			for (CX one : m.getPID().getPatientIdentifierList())
				domains.add(one.getAssigningAuthority().getUniversalID().getValue());
			hold("ITI-10: nobody else's numbers", false, domains.contains(A));
			hold("ITI-10: b-clinic's own", true, domains.contains(B));
		}
	}

	int run() throws Exception {
		try (HapiContext first = hapi("a-hospital"); HapiContext second = hapi("b-clinic");
		     HapiContext third = hapi("server")) {
			HL7Service server = listen(third);
			Connection a = first.newClient(host, port, true), b = second.newClient(host, port, true);
			a.getInitiator().setTimeout(30, TimeUnit.SECONDS);
			b.getInitiator().setTimeout(30, TimeUnit.SECONDS);
			String region = identities(a, b);
			merges(a);
			managed(a);
			demographics(a);
			notified(region);
			a.close();
			b.close();
			server.stopAndWait();
		}
		System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
		return failed == 0 ? 0 : 1;
	}

	public static void main(String[] arguments) throws Exception {
		System.exit(new Interop(arguments).run());
	}
}
