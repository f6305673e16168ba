/* conformance/clients/ipf/Interop.java: the Open eHealth Integration Platform's clients against us.
 *
 * IPF sends ITI-8, 9, 18, 21, 22, 41 to 45, 51, 57, 61, 62, 86 and 92 as a-hospital and b-clinic, and its own validators
 * judge what it sent, what we answered, and what b-clinic was told of it (ITI-46). What it is as
 * another community is in Across.java. Names, identifiers and texts are made for this run. */
import ca.uhn.hl7v2.model.Message;
import jakarta.activation.DataHandler;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.hl7.HL7MLLPNettyDecoderFactory;
import org.apache.camel.component.hl7.HL7MLLPNettyEncoderFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.*;
import org.openehealth.ipf.commons.ihe.xds.core.responses.*;
import org.openehealth.ipf.platform.camel.ihe.hl7v3.PixPdqV3CamelValidators;
import org.openehealth.ipf.platform.camel.ihe.mllp.PixPdqCamelValidators;
import org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators;

public final class Interop {
	static final String A = "1.2.392.100495.20.3.51.11319951013", B = "1.2.392.100495.20.3.51.11319952024";
	static final String HOME = "urn:oid:2.999.10";
	static final String AFFINITY = "2.999.1", REPOSITORY = "2.999.20", INBOX = "2.999.27", PASSWORD = "interop";

	final String host, https, mllp, stores, messages;
	final int neighbour;
	final List<String> operator;
	final CamelContext camel = new DefaultCamelContext();
	final String run = Long.toString(System.currentTimeMillis() % 10_000_000_000L);
	int numbers, passed, failed;

	Interop(String[] arguments) {
		host = arguments[0];
		https = arguments[1];
		mllp = arguments[2];
		stores = arguments[3];
		messages = arguments[4];
		neighbour = Integer.parseInt(arguments[5]);
		operator = Arrays.asList(arguments).subList(6, arguments.length);
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
			if (System.getenv("MINATO_TRACE") != null)
				fault.printStackTrace(System.out);
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

	/* ---- Camel ---- */

	SSLContextParameters context(String system) {
		KeyStoreParameters own = new KeyStoreParameters(), authorities = new KeyStoreParameters();
		own.setResource("file:" + stores + "/" + system + ".p12");
		own.setPassword(PASSWORD);
		authorities.setResource("file:" + stores + "/authorities.p12");
		authorities.setPassword(PASSWORD);
		KeyManagersParameters keys = new KeyManagersParameters();
		keys.setKeyStore(own);
		keys.setKeyPassword(PASSWORD);
		TrustManagersParameters trust = new TrustManagersParameters();
		trust.setKeyStore(authorities);
		SSLContextParameters context = new SSLContextParameters();
		context.setKeyManagers(keys);
		context.setTrustManagers(trust);
		return context;
	}

	String soap(String component, String path, String system) {
		return component + "://" + host + ":" + https + path + "?secure=true&audit=false&sslContextParameters=#" + system;
	}

	String v2(String component, String system) {
		return component + "://" + host + ":" + mllp + "?secure=true&audit=false&sslContextParameters=#" + system;
	}

	<T> T send(String uri, Object body, Class<T> as) throws Exception {
		Exchange exchange = new DefaultExchange(camel);
		exchange.getIn().setBody(body);
		Exchange answered = camel.createFluentProducerTemplate().to(uri).withExchange(exchange).send();
		if (answered.getException() != null)
			throw answered.getException();
		T answer = answered.getMessage().getBody(as);
		if (answer == null)
			throw new IllegalStateException("no answer");
		return answer;
	}

	<T> T valid(Processor validator, T body) throws Exception {
		Exchange exchange = new DefaultExchange(camel);
		exchange.getIn().setBody(body);
		validator.process(exchange);
		return body;
	}

	/* Sends, and lets IPF judge both ways. Null when something failed. */
	<T> T talk(String what, String uri, Object request, Processor asked, Processor answered, Class<T> as) {
		must(what + ": IPF finds its own request valid", () -> valid(asked, request));
		T answer = must(what + ": IPF reads the answer", () -> send(uri, request, as));
		if (answer != null)
			must(what + ": IPF finds the answer valid", () -> valid(answered, answer));
		return answer;
	}

	/* ---- Messages ---- */

	String fresh(String kind) {
		return kind + run + String.format("%04d", ++numbers);
	}

	String oid() {
		return "2.999.79." + run + "." + ++numbers;
	}

	/* A message of the conformance suite with its @marks@ filled in. */
	String message(String name, Map<String, String> values) throws Exception {
		String text = java.nio.file.Files.readString(java.nio.file.Path.of(messages, name));
		for (var each : values.entrySet())
			text = text.replace("@" + each.getKey() + "@", each.getValue());
		return text.replace("@control.message@", fresh("M")).replace("@control.query@", fresh("Q"));
	}

	Map<String, String> demographics(String domain, String id) {
		return Map.of("domain", domain, "id", id, "family", "イプフ" + kana(), "given", "タロウ", "phone", "0312345678");
	}

	/* The run's number in katakana: a family nobody else has. */
	String kana() {
		StringBuilder text = new StringBuilder();
		for (char digit : run.toCharArray())
			text.append("アカサタナハマヤラワ".charAt(digit - '0'));
		return text.toString();
	}

	String operate(String... words) throws Exception {
		List<String> command = new ArrayList<>(operator);
		command.addAll(List.of(words));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String talk = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0)
			throw new IllegalStateException(talk);
		return talk;
	}

	String consent(String patient) throws Exception {
		return operate("consent", "join", "--patient", patient, "--reason", "interop");
	}

	static String first(String pattern, String text) {
		Matcher found = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
		return found.find() ? found.group(1) : "";
	}

	/* ---- HL7 V3 and V2 ---- */

	String feedV3(String what, String file, Map<String, String> values, String wanted) {
		String answer = must(what + ": message", () -> message(file, values)) == null ? null
			: talk(what, soap("pixv3-iti44", "/pix", "a-hospital"), quiet(file, values),
			       PixPdqV3CamelValidators.iti44RequestValidator(), PixPdqV3CamelValidators.iti44ResponseValidator(),
			       String.class);
		if (answer != null)
			hold(what + ": acknowledged " + wanted, wanted, first("<typeCode code=\"(\\w+)\"", answer));
		return answer;
	}

	String quiet(String file, Map<String, String> values) {
		try {
			return message(file, values);
		} catch (Exception fault) {
			throw new IllegalStateException(fault);
		}
	}

	String query(String what, String domain, String id, String system, String wanted) {
		String answer = talk(what, soap("pixv3-iti45", "/pix", system),
				     quiet("iti45.xml", Map.of("domain", domain, "id", id)),
				     PixPdqV3CamelValidators.iti45RequestValidator(),
				     PixPdqV3CamelValidators.iti45ResponseValidator(), String.class);
		if (answer == null)
			return "";
		hold(what + ": " + wanted, wanted, first("<queryResponseCode code=\"(\\w+)\"", answer));
		String id1 = first("root=\"" + AFFINITY.replace(".", "\\.") + "\" extension=\"(\\w+)\"", answer);
		return id1.isEmpty() ? first("extension=\"(\\w+)\" root=\"" + AFFINITY.replace(".", "\\.") + "\"", answer) : id1;
	}

	Message v2(String what, String component, String file, Map<String, String> values, Processor asked,
		   Processor answered, String system, String wanted) {
		String request = quiet(file, values).replace("\n", "\r") + "\r";
		Message answer = talk(what, v2(component, system), request, asked, answered, Message.class);
		if (answer != null)
			hold(what + ": acknowledged " + wanted, wanted, first("\rMSA\\|(\\w+)", answer.toString()));
		return answer;
	}

	/* ---- Documents ---- */

	static Code code(String value, String name, String scheme) {
		return new Code(value, new LocalizedString(name, "ja-JP", "UTF-8"), scheme);
	}

	Author author() {
		Author author = new Author();
		author.setAuthorPerson(new Person(new Identifiable("d1", new AssigningAuthority(B)),
						  new XcnName("試験", "花子", null, null, null, null)));
		author.getAuthorInstitution().add(new Organization("B診療所", "1319952024", new AssigningAuthority("2.999.6")));
		return author;
	}

	DocumentEntry entry(Identifiable patient, String text) throws Exception {
		DocumentEntry e = new DocumentEntry();
		e.setEntryUuid("urn:uuid:" + UUID.randomUUID());
		e.setUniqueId(oid());
		e.setPatientId(patient);
		e.setSourcePatientId(new Identifiable("031", new AssigningAuthority(B)));
		e.getAuthors().add(author());
		e.setAvailabilityStatus(AvailabilityStatus.APPROVED);
		e.setClassCode(code("11502-2", "検査報告書", "2.16.840.1.113883.6.1"));
		e.getConfidentialityCodes().add(code("N", "Normal", "2.16.840.1.113883.5.25"));
		e.setFormatCode(code("urn:ihe:iti:xds:2017:mimeTypeSufficient", "mimeType sufficient", "1.3.6.1.4.1.19376.1.2.3"));
		e.setHealthcareFacilityTypeCode(code("22232009", "Hospital", "2.16.840.1.113883.6.96"));
		e.setPracticeSettingCode(code("394802001", "General medicine", "2.16.840.1.113883.6.96"));
		e.setTypeCode(code("11502-2", "Laboratory report", "2.16.840.1.113883.6.1"));
		e.setCreationTime("20260115093000");
		e.setServiceStartTime("20260115");
		e.setServiceStopTime("20260115");
		e.setLanguageCode("ja-JP");
		e.setMimeType("text/plain");
		e.setTitle(new LocalizedString("検査報告書 <&>", "ja-JP", "UTF-8"));
		e.setComments(new LocalizedString("interop", "ja-JP", "UTF-8"));
		byte[] octets = text.getBytes(StandardCharsets.UTF_8);
		e.setHash(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(octets)));
		e.setSize((long) octets.length);
		e.setRepositoryUniqueId(REPOSITORY);
		e.setType(DocumentEntryType.STABLE);
		return e;
	}

	SubmissionSet set(Identifiable patient) {
		SubmissionSet s = new SubmissionSet();
		s.setEntryUuid("urn:uuid:" + UUID.randomUUID());
		s.setUniqueId(oid());
		s.setSourceId("2.999.6");
		s.setPatientId(patient);
		s.setSubmissionTime("20260115093000");
		s.setAuthor(author());
		s.setAvailabilityStatus(AvailabilityStatus.APPROVED);
		s.setContentTypeCode(code("11502-2", "Laboratory report", "2.16.840.1.113883.6.1"));
		s.setTitle(new LocalizedString("提出", "ja-JP", "UTF-8"));
		return s;
	}

	static Association member(SubmissionSet s, DocumentEntry e) {
		Association a = new Association(AssociationType.HAS_MEMBER, "urn:uuid:" + UUID.randomUUID(), s.getEntryUuid(),
						e.getEntryUuid());
		a.setLabel(AssociationLabel.ORIGINAL);
		return a;
	}

	Response provide(String what, Identifiable patient, DocumentEntry e, String text, AssociationType relation,
			 String target, Status wanted) {
		ProvideAndRegisterDocumentSet request = new ProvideAndRegisterDocumentSet();
		request.setSubmissionSet(set(patient));
		request.getDocuments().add(new Document(e, new DataHandler(
			new ByteArrayDataSource(text.getBytes(StandardCharsets.UTF_8), "text/plain"))));
		request.getAssociations().add(member(request.getSubmissionSet(), e));
		if (relation != null)
			request.getAssociations().add(new Association(relation, "urn:uuid:" + UUID.randomUUID(),
								      e.getEntryUuid(), target));
		Response answer = talk(what, soap("xds-iti41", "/xds/repository", "b-clinic"), request,
				       XdsCamelValidators.iti41RequestValidator(), XdsCamelValidators.iti41ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	QueryResponse find(String what, Query query, QueryReturnType as, Status wanted) {
		QueryResponse answer = talk(what, soap("xds-iti18", "/xds/registry", "a-hospital"), new QueryRegistry(query, as),
					    XdsCamelValidators.iti18RequestValidator(),
					    XdsCamelValidators.iti18ResponseValidator(), QueryResponse.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	FindDocumentsQuery documentsOf(Identifiable patient, AvailabilityStatus... status) {
		FindDocumentsQuery q = new FindDocumentsQuery();
		q.setPatientId(patient);
		q.setStatus(List.of(status));
		return q;
	}

	RetrievedDocumentSet retrieve(String what, Status wanted, String... uids) {
		RetrieveDocumentSet request = new RetrieveDocumentSet();
		for (String uid : uids)
			request.getDocuments().add(new DocumentReference(REPOSITORY, uid, null));
		RetrievedDocumentSet answer = talk(what, soap("xds-iti43", "/xds/repository", "a-hospital"), request,
						   XdsCamelValidators.iti43RequestValidator(),
						   XdsCamelValidators.iti43ResponseValidator(), RetrievedDocumentSet.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	/* ---- XDR: an inbox's address is all that differs for a Document Source ---- */

	static ProvideAndRegisterDocumentSet pushed(SubmissionSet set, DocumentEntry e, String text, Association relation) {
		ProvideAndRegisterDocumentSet request = new ProvideAndRegisterDocumentSet();
		request.setSubmissionSet(set);
		request.getDocuments().add(new Document(e, new DataHandler(
			new ByteArrayDataSource(text.getBytes(StandardCharsets.UTF_8), "text/plain"))));
		request.getAssociations().add(member(set, e));
		if (relation != null)
			request.getAssociations().add(relation);
		return request;
	}

	Response push(String what, String inbox, ProvideAndRegisterDocumentSet request, Status wanted) {
		Response answer = talk(what, soap("xds-iti41", "/xdr/" + inbox, "a-hospital"), request,
				       XdsCamelValidators.iti41RequestValidator(), XdsCamelValidators.iti41ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	RetrievedDocumentSet fetch(String what, String system, String uid, Status wanted) {
		RetrieveDocumentSet request = new RetrieveDocumentSet();
		request.getDocuments().add(new DocumentReference(INBOX, uid, null));
		RetrievedDocumentSet answer = talk(what, soap("xds-iti43", "/xds/repository", system), request,
						   XdsCamelValidators.iti43RequestValidator(),
						   XdsCamelValidators.iti43ResponseValidator(), RetrievedDocumentSet.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	void pushes() throws Exception {
		Identifiable nobody = new Identifiable("N1", new AssigningAuthority("2.999.77"));
		String text = "紹介状 " + UUID.randomUUID();
		DocumentEntry e = entry(nobody, text);
		ProvideAndRegisterDocumentSet request = pushed(set(nobody), e, text, null);
		push("XDR", "b-clinic", request, Status.SUCCESS);
		push("XDR again", "b-clinic", request, Status.SUCCESS);
		fetch("XDR fetched", "b-clinic", e.getUniqueId(), Status.SUCCESS);
		fetch("XDR, not the sender's", "a-hospital", e.getUniqueId(), Status.FAILURE);
		push("XDR to nobody", "nowhere", pushed(set(nobody), entry(nobody, text), text, null), Status.FAILURE);
		DocumentEntry corrected = entry(nobody, text);
		Association replaces = new Association(AssociationType.REPLACE, "urn:uuid:" + UUID.randomUUID(),
						       corrected.getEntryUuid(), "urn:uuid:" + UUID.randomUUID());
		Response warned = push("XDR replaces what is not there", "b-clinic",
				       pushed(set(nobody), corrected, text, replaces), Status.SUCCESS);
		if (warned != null)
			hold("XDR replaces what is not there: told", ErrorCode.PARTIAL_REPLACE_CONTENT_NOT_PROCESSED,
			     warned.getErrors().get(0).getErrorCode());
	}

	/* ---- The story ---- */

	String identities() throws Exception {
		String a = fresh("A"), b = fresh("B"), old = fresh("C");
		feedV3("ITI-44 add", "iti44-add.xml", demographics(A, a), "CA");
		feedV3("ITI-44 revise", "iti44-revise.xml", demographics(A, a), "CA");
		feedV3("ITI-44 of another's domain", "iti44-add.xml", demographics(B, fresh("X")), "CE");
		v2("ITI-8 A04", "pix-iti8", "iti8.hl7", demographics(B, b), PixPdqCamelValidators.iti8RequestValidator(),
		   PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		v2("ITI-8 of another's domain", "pix-iti8", "iti8.hl7", demographics(A, fresh("X")),
		   PixPdqCamelValidators.iti8RequestValidator(), PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AR");
		v2("ITI-8 A04 as an XDS source", "xds-iti8", "iti8.hl7", demographics(B, fresh("B")),
		   PixPdqCamelValidators.iti8RequestValidator(), PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		Map<String, String> again = new java.util.HashMap<>(demographics(B, b));
		for (String event : List.of("A01", "A05", "A08")) {
			again.put("event", event);
			v2("ITI-8 " + event, "pix-iti8", "iti8-event.hl7", again, PixPdqCamelValidators.iti8RequestValidator(),
			   PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		}
		String twice = fresh("D");
		v2("ITI-8 A04, to be merged", "pix-iti8", "iti8.hl7", Map.of("domain", B, "id", twice, "family", "ベツ",
		   "given", "ジン", "phone", "0398765432"), PixPdqCamelValidators.iti8RequestValidator(),
		   PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		/* Its parser puts ADT_A39 in a group that its own profile of A40 does not know: any request will do. */
		v2("ITI-8 A40", "pix-iti8", "iti8-merge.hl7", Map.of("domain", B, "survivor", b, "prior", twice), x -> { }, PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		feedV3("ITI-44 add, to be merged", "iti44-add.xml", demographics(A, old), "CA");
		feedV3("ITI-44 merge", "iti44-merge.xml", Map.of("domain", A, "survivor", a, "prior", old), "CA");
		query("ITI-45 before consent", A, a, "a-hospital", "NF");
		must("consent", () -> consent(a + "^^^&" + A + "&ISO"));
		String region = query("ITI-45", A, a, "a-hospital", "OK");
		hold("ITI-45 by the other", region, query("ITI-45 by b-clinic", B, b, "b-clinic", "OK"));
		query("ITI-45 of the merged", A, old, "a-hospital", "AE");
		query("ITI-45 of nobody", A, fresh("N"), "a-hospital", "AE");
		Message answer = v2("ITI-9", "pix-iti9", "iti9.hl7", Map.of("domain", B, "id", b),
				    PixPdqCamelValidators.iti9RequestValidator(), PixPdqCamelValidators.iti9ResponseValidator(),
				    "b-clinic", "AA");
		if (answer != null)
			hold("ITI-9: the same id", true, answer.toString().contains(region));
		v2("ITI-9 of nobody", "pix-iti9", "iti9.hl7", Map.of("domain", B, "id", fresh("N")),
		   PixPdqCamelValidators.iti9RequestValidator(), PixPdqCamelValidators.iti9ResponseValidator(), "b-clinic", "AE");
		demographicsQueries(b, region);
		return region;
	}

	/* Who has the run's family name is found by it, part by part, with the same id of the region. */
	void demographicsQueries(String b, String region) {
		v2("ITI-8 A04, another of the name", "pix-iti8", "iti8.hl7", Map.of("domain", B, "id", fresh("E"), "family",
		   "イプフ" + kana(), "given", "ハナコ", "phone", "0311112222"), PixPdqCamelValidators.iti8RequestValidator(),
		   PixPdqCamelValidators.iti8ResponseValidator(), "b-clinic", "AA");
		Map<String, String> asked = new java.util.HashMap<>(
			Map.of("control.tag", fresh("Q"), "who", "@PID.5.1.1^イプフ" + kana()));
		Message answer = v2("ITI-21", "pdq-iti21", "iti21.hl7", asked, PixPdqCamelValidators.iti21RequestValidator(),
				    PixPdqCamelValidators.iti21ResponseValidator(), "b-clinic", "AA");
		String text = answer == null ? "" : answer.toString(), pointer = first("\rDSC\\|(\\w+)", text);
		hold("ITI-21: one, and more to come", true, !pointer.isEmpty());
		asked.put("pointer", pointer);
		v2("ITI-21, the next", "pdq-iti21", "iti21-continue.hl7", asked, PixPdqCamelValidators.iti21RequestValidator(),
		   PixPdqCamelValidators.iti21ResponseValidator(), "b-clinic", "AA");
		asked.put("who", "@PID.3.1^" + b + "~@PID.3.4.2^" + B);
		Message one = v2("ITI-21 by an id", "pdq-iti21", "iti21.hl7", asked, PixPdqCamelValidators.iti21RequestValidator(),
				 PixPdqCamelValidators.iti21ResponseValidator(), "b-clinic", "AA");
		if (one != null)
			hold("ITI-21: the same id", true, one.toString().contains(region));
		/* It reads RSP_ZV2 into a class of its own, where PID stands otherwise than in its own profile: any answer will do. */
		Message visit = v2("ITI-22", "pdq-iti22", "iti22.hl7", asked, PixPdqCamelValidators.iti22RequestValidator(),
				   x -> { }, "b-clinic", "AA");
		if (visit != null)
			hold("ITI-22: no visit is meant", true, visit.toString().contains("\rPV1||N"));
		asked.put("who", "@PID.18.1^7");
		v2("ITI-21 by an account", "pdq-iti21", "iti21.hl7", asked, PixPdqCamelValidators.iti21RequestValidator(),
		   PixPdqCamelValidators.iti21ResponseValidator(), "b-clinic", "AE");
	}

	void documents(Identifiable patient) throws Exception {
		String text = "検査報告書 " + run + "\n";
		DocumentEntry one = entry(patient, text), two = entry(patient, text + 2), three = entry(patient, text + 3);
		provide("ITI-41", patient, one, text, null, null, Status.SUCCESS);
		provide("ITI-41 replaces", patient, two, text + 2, AssociationType.REPLACE, one.getEntryUuid(),
			Status.SUCCESS);
		DocumentEntry again = entry(patient, text + 4);
		again.setUniqueId(one.getUniqueId());
		provide("ITI-41 of another under the same uniqueId", patient, again, text + 4, null, null,
			Status.FAILURE);
		Identifiable nobody = new Identifiable("nobody", new AssigningAuthority(AFFINITY));
		provide("ITI-41 for nobody", nobody, entry(nobody, text), text, null, null, Status.FAILURE);

		RegisterDocumentSet register = new RegisterDocumentSet();
		three.setRepositoryUniqueId("2.999.21");
		register.setSubmissionSet(set(patient));
		register.getDocumentEntries().add(three);
		register.getAssociations().add(member(register.getSubmissionSet(), three));
		Response registered = talk("ITI-42", soap("xds-iti42", "/xds/registry", "b-clinic"), register,
					   XdsCamelValidators.iti42RequestValidator(),
					   XdsCamelValidators.iti42ResponseValidator(), Response.class);
		if (registered != null)
			hold("ITI-42: success", Status.SUCCESS, registered.getStatus());

		QueryResponse found = find("ITI-18 FindDocuments", documentsOf(patient, AvailabilityStatus.APPROVED),
					   QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (found != null) {
			hold("ITI-18: two are approved", 2, found.getDocumentEntries().size());
			for (DocumentEntry e : found.getDocumentEntries())
				if (e.getUniqueId().equals(two.getUniqueId())) {
					hold("ITI-18: hash", two.getHash(), e.getHash());
					hold("ITI-18: title", two.getTitle().getValue(), e.getTitle().getValue());
					hold("ITI-18: classCode", two.getClassCode(), e.getClassCode());
					hold("ITI-18: author", two.getAuthors(), e.getAuthors());
				}
		}
		QueryResponse both = find("ITI-18 FindDocuments of every status, references",
					  documentsOf(patient, AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED),
					  QueryReturnType.OBJECT_REF, Status.SUCCESS);
		if (both != null)
			hold("ITI-18: three references", 3, both.getReferences().size());
		GetDocumentsQuery get = new GetDocumentsQuery();
		get.setUniqueIds(List.of(one.getUniqueId()));
		QueryResponse got = find("ITI-18 GetDocuments", get, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (got != null)
			hold("ITI-18: it is deprecated", AvailabilityStatus.DEPRECATED,
			     got.getDocumentEntries().get(0).getAvailabilityStatus());
		GetAllQuery all = new GetAllQuery();
		all.setPatientId(patient);
		for (var list : List.of("documents", "sets", "folders"))
			if (list.equals("documents"))
				all.setStatusDocuments(List.of(AvailabilityStatus.APPROVED, AvailabilityStatus.DEPRECATED));
			else if (list.equals("sets"))
				all.setStatusSubmissionSets(List.of(AvailabilityStatus.APPROVED));
			else
				all.setStatusFolders(List.of(AvailabilityStatus.APPROVED));
		QueryResponse everything = find("ITI-18 GetAll", all, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (everything != null) {
			hold("ITI-18 GetAll: entries", 3, everything.getDocumentEntries().size());
			hold("ITI-18 GetAll: sets", 3, everything.getSubmissionSets().size());
			hold("ITI-18 GetAll: associations", 4, everything.getAssociations().size());
		}
		QueryResponse none = find("ITI-18 of nobody", documentsOf(nobody, AvailabilityStatus.APPROVED),
					  QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (none != null)
			hold("ITI-18 of nobody: nothing", 0, none.getDocumentEntries().size());

		RetrievedDocumentSet octets = retrieve("ITI-43", Status.SUCCESS, one.getUniqueId(), two.getUniqueId());
		if (octets != null)
			for (RetrievedDocument d : octets.getDocuments())
				hold("ITI-43: octets and type",
				     text + (d.getRequestData().getDocumentUniqueId().equals(one.getUniqueId()) ? "" : 2) + "text/plain",
				     new String(d.getDataHandler().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
				     + d.getMimeType());
		retrieve("ITI-43, one of two is unknown", Status.PARTIAL_SUCCESS, one.getUniqueId(), oid());
		retrieve("ITI-43 of nothing known", Status.FAILURE, oid());
	}

	/* Every other stored query, on a submission with a folder and a related document. */
	void queries(Identifiable patient) throws Exception {
		String text = "folder " + run;
		DocumentEntry e = entry(patient, text), appended = entry(patient, text + " more");
		ProvideAndRegisterDocumentSet request = new ProvideAndRegisterDocumentSet();
		SubmissionSet set = set(patient);
		Folder folder = new Folder();
		folder.setEntryUuid("urn:uuid:" + UUID.randomUUID());
		folder.setUniqueId(oid());
		folder.setPatientId(patient);
		folder.setTitle(new LocalizedString("地域連携", "ja-JP", "UTF-8"));
		folder.setAvailabilityStatus(AvailabilityStatus.APPROVED);
		folder.getCodeList().add(code("1", "連携", "2.999.5"));
		request.setSubmissionSet(set);
		request.getFolders().add(folder);
		request.getDocuments().add(new Document(e, new DataHandler(
			new ByteArrayDataSource(text.getBytes(StandardCharsets.UTF_8), "text/plain"))));
		Association inFolder = new Association(AssociationType.HAS_MEMBER, "urn:uuid:" + UUID.randomUUID(),
						       folder.getEntryUuid(), e.getEntryUuid());
		Association folderOfSet = new Association(AssociationType.HAS_MEMBER, "urn:uuid:" + UUID.randomUUID(),
							  set.getEntryUuid(), folder.getEntryUuid());
		Association filed = new Association(AssociationType.HAS_MEMBER, "urn:uuid:" + UUID.randomUUID(),
						    set.getEntryUuid(), inFolder.getEntryUuid());
		request.getAssociations().addAll(List.of(member(set, e), inFolder, folderOfSet, filed));
		Response answer = talk("ITI-41 with a folder", soap("xds-iti41", "/xds/repository", "b-clinic"), request,
				       XdsCamelValidators.iti41RequestValidator(), XdsCamelValidators.iti41ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold("ITI-41 with a folder: success", Status.SUCCESS, answer.getStatus());
		provide("ITI-41 appends", patient, appended, text + " more", AssociationType.APPEND, e.getEntryUuid(),
			Status.SUCCESS);

		FindSubmissionSetsQuery sets = new FindSubmissionSetsQuery();
		sets.setPatientId(patient);
		sets.setStatus(List.of(AvailabilityStatus.APPROVED));
		sets.setSourceIds(List.of("2.999.6"));
		sets.setAuthorPerson("%試験%");
		counted("FindSubmissionSets", sets, 0, 5, 0, 0);
		FindFoldersQuery folders = new FindFoldersQuery();
		folders.setPatientId(patient);
		folders.setStatus(List.of(AvailabilityStatus.APPROVED));
		counted("FindFolders", folders, 0, 0, 1, 0);
		GetFolderAndContentsQuery inside = new GetFolderAndContentsQuery();
		inside.setUniqueId(folder.getUniqueId());
		counted("GetFolderAndContents", inside, 1, 0, 1, 1);
		GetSubmissionSetAndContentsQuery whole = new GetSubmissionSetAndContentsQuery();
		whole.setUniqueId(set.getUniqueId());
		counted("GetSubmissionSetAndContents", whole, 1, 1, 1, 4);
		GetSubmissionSetsQuery of = new GetSubmissionSetsQuery();
		of.setUuids(List.of(e.getEntryUuid()));
		counted("GetSubmissionSets", of, 0, 1, 0, 1);
		GetFoldersQuery named = new GetFoldersQuery();
		named.setUniqueIds(List.of(folder.getUniqueId()));
		counted("GetFolders", named, 0, 0, 1, 0);
		GetFoldersForDocumentQuery holding = new GetFoldersForDocumentQuery();
		holding.setUniqueId(e.getUniqueId());
		counted("GetFoldersForDocument", holding, 0, 0, 1, 0);
		GetAssociationsQuery links = new GetAssociationsQuery();
		links.setUuids(List.of(folder.getEntryUuid()));
		counted("GetAssociations", links, 0, 0, 0, 2);
		GetDocumentsAndAssociationsQuery both = new GetDocumentsAndAssociationsQuery();
		both.setUniqueIds(List.of(e.getUniqueId()));
		counted("GetDocumentsAndAssociations", both, 1, 0, 0, 3);
		GetRelatedDocumentsQuery related = new GetRelatedDocumentsQuery();
		related.setUniqueId(e.getUniqueId());
		related.setAssociationTypes(List.of(AssociationType.APPEND));
		counted("GetRelatedDocuments", related, 2, 0, 0, 1);
		FindDocumentsQuery filtered = documentsOf(patient, AvailabilityStatus.APPROVED);
		filtered.setClassCodes(List.of(code("11502-2", "", "2.16.840.1.113883.6.1")));
		filtered.setConfidentialityCodes(new QueryList<>(code("N", "", "2.16.840.1.113883.5.25")));
		filtered.setAuthorPersons(List.of("%試験%"));
		filtered.getCreationTime().setFrom("20260101");
		filtered.getCreationTime().setTo("20260201");
		filtered.setDocumentEntryTypes(List.of(DocumentEntryType.STABLE));
		counted("FindDocuments by code, author and time", filtered, -1, 0, 0, 0);
		FindDocumentsQuery elsewhen = documentsOf(patient, AvailabilityStatus.APPROVED);
		elsewhen.getCreationTime().setTo("20250101");
		counted("FindDocuments of another time", elsewhen, 0, 0, 0, 0);
	}

	/* How many of each a query finds; -1: at least one. */
	void counted(String name, Query query, int entries, int sets, int folders, int associations) {
		QueryResponse r = find("ITI-18 " + name, query, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (r == null)
			return;
		int[] wanted = { entries, sets, folders, associations };
		int[] found = { r.getDocumentEntries().size(), r.getSubmissionSets().size(), r.getFolders().size(),
				r.getAssociations().size() };
		for (int i = 0; i < wanted.length; i++)
			if (wanted[i] < 0 && found[i] > 0)
				wanted[i] = found[i];
		hold("ITI-18 " + name + ": entries, sets, folders, associations", Arrays.toString(wanted), Arrays.toString(found));
	}

	/* The documents of several patients, one of whom is nobody; and what is removed. */
	void severalAndRemoved(Identifiable patient, Identifiable nobody) throws Exception {
		FindDocumentsForMultiplePatientsQuery several = new FindDocumentsForMultiplePatientsQuery();
		several.setPatientIds(List.of(patient, nobody));
		several.setStatus(List.of(AvailabilityStatus.APPROVED));
		QueryResponse found = talk("ITI-51", soap("xds-iti51", "/xds/registry", "a-hospital"),
					   new QueryRegistry(several, QueryReturnType.LEAF_CLASS),
					   XdsCamelValidators.iti51RequestValidator(),
					   XdsCamelValidators.iti51ResponseValidator(), QueryResponse.class);
		if (found != null)
			hold("ITI-51: those of the one", true, found.getStatus() == Status.SUCCESS
				&& found.getDocumentEntries().stream().allMatch(e -> e.getPatientId().equals(patient))
				&& !found.getDocumentEntries().isEmpty());

		String text = "removed " + run;
		DocumentEntry e = entry(patient, text);
		provide("ITI-41, to be removed", patient, e, text, null, null, Status.SUCCESS);
		RemoveDocuments documents = new RemoveDocuments();
		documents.getDocuments().add(new DocumentReference(REPOSITORY, e.getUniqueId(), null));
		Response gone = talk("ITI-86", soap("rmd-iti86", "/xds/repository", "b-clinic"), documents,
				     XdsCamelValidators.iti86RequestValidator(), XdsCamelValidators.iti86ResponseValidator(),
				     Response.class);
		if (gone != null)
			hold("ITI-86: success", Status.SUCCESS, gone.getStatus());
		retrieve("ITI-43 of what was removed", Status.FAILURE, e.getUniqueId());

		GetSubmissionSetsQuery of = new GetSubmissionSetsQuery();
		of.setUuids(List.of(e.getEntryUuid()));
		QueryResponse sets = find("ITI-18 GetSubmissionSets of what goes", of, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (sets == null)
			return;
		RemoveMetadata half = new RemoveMetadata(), whole = new RemoveMetadata();
		half.getReferences().add(new ObjectReference(e.getEntryUuid()));
		whole.getReferences().add(new ObjectReference(e.getEntryUuid()));
		for (SubmissionSet s : sets.getSubmissionSets())
			whole.getReferences().add(new ObjectReference(s.getEntryUuid()));
		for (Association x : sets.getAssociations())
			whole.getReferences().add(new ObjectReference(x.getEntryUuid()));
		removed("ITI-62 of an entry that a set refers to", half, Status.FAILURE);
		removed("ITI-62", whole, Status.SUCCESS);
		removed("ITI-62 again", whole, Status.FAILURE);
	}

	void removed(String what, RemoveMetadata request, Status wanted) {
		Response answer = talk(what, soap("rmd-iti62", "/xds/registry", "b-clinic"), request,
				       XdsCamelValidators.iti62RequestValidator(), XdsCamelValidators.iti62ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
	}

	/* A new version of an entry, of which IPF knows the first. */
	RegisterDocumentSet version(Identifiable patient, DocumentEntry first, String text, String previous) throws Exception {
		DocumentEntry next = entry(patient, text);
		next.setUniqueId(first.getUniqueId());
		next.setLogicalUuid(first.getEntryUuid());
		next.setTitle(new LocalizedString("第" + previous + "版の次", "ja-JP", "UTF-8"));
		RegisterDocumentSet request = new RegisterDocumentSet();
		request.setSubmissionSet(set(patient));
		request.getSubmissionSet().setHomeCommunityId(HOME);
		request.getDocumentEntries().add(next);
		Association member = member(request.getSubmissionSet(), next);
		member.setPreviousVersion(previous);
		member.setAssociationPropagation(true);
		request.getAssociations().add(member);
		return request;
	}

	void updated(String what, String component, RegisterDocumentSet request, Processor asked, Processor answered,
		     Status wanted) {
		Response answer = talk(what, soap(component, "/xds/registry", "b-clinic"), request, asked, answered,
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
	}

	void update(String what, RegisterDocumentSet request, Status wanted) {
		updated(what, "xds-iti57", request, XdsCamelValidators.iti57RequestValidator(),
			XdsCamelValidators.iti57ResponseValidator(), wanted);
	}

	void restricted(String what, RegisterDocumentSet request, Status wanted) {
		updated(what, "rmu-iti92", request, XdsCamelValidators.iti92RequestValidator(),
			XdsCamelValidators.iti92ResponseValidator(), wanted);
	}

	/* Versions by ITI-57 and ITI-92, another status, a relation said later; and both levels of it. */
	void updates(Identifiable patient) throws Exception {
		String text = "updated " + run;
		DocumentEntry first = entry(patient, text), other = entry(patient, text + 2);
		provide("ITI-41, to be updated", patient, first, text, null, null, Status.SUCCESS);
		provide("ITI-41, another", patient, other, text + 2, null, null, Status.SUCCESS);
		update("ITI-57", version(patient, first, text, "1"), Status.SUCCESS);
		update("ITI-57 of a version that was", version(patient, first, text, "1"), Status.FAILURE);
		restricted("ITI-92", version(patient, first, text, "2"), Status.SUCCESS);
		restricted("ITI-92 of a version that was", version(patient, first, text, "2"), Status.FAILURE);

		GetDocumentsQuery get = new GetDocumentsQuery();
		get.setLogicalUuid(List.of(first.getEntryUuid()));
		get.setMetadataLevel(2);
		QueryResponse all = find("ITI-18 by the logical id, level 2", get, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		get.setMetadataLevel(1);
		QueryResponse latest = find("ITI-18 by the logical id, level 1", get, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (all == null || latest == null)
			return;
		hold("ITI-18: three versions", List.of("1", "2", "3"), all.getDocumentEntries().stream()
			.map(e -> e.getVersion().getVersionName()).sorted().toList());
		hold("ITI-18: one logical id", true, all.getDocumentEntries().stream()
			.allMatch(e -> first.getEntryUuid().equals(e.getLogicalUuid())));
		hold("ITI-18: the latest", List.of("3"), latest.getDocumentEntries().stream()
			.map(e -> e.getVersion().getVersionName()).toList());
		String third = latest.getDocumentEntries().get(0).getEntryUuid();

		RegisterDocumentSet several = new RegisterDocumentSet();
		several.setSubmissionSet(set(patient));
		String ofSet = several.getSubmissionSet().getEntryUuid();
		Association status = new Association(AssociationType.UPDATE_AVAILABILITY_STATUS,
						     "urn:uuid:" + UUID.randomUUID(), ofSet, other.getEntryUuid());
		status.setOriginalStatus(AvailabilityStatus.APPROVED);
		status.setNewStatus(AvailabilityStatus.DEPRECATED);
		several.getAssociations().add(status);
		update("ITI-57, another status", several, Status.SUCCESS);
		update("ITI-57, another status again, as if it were lost", several, Status.SUCCESS);
		hold("ITI-18: the status", AvailabilityStatus.DEPRECATED, statusOf(other.getEntryUuid()));
		status.setOriginalStatus(AvailabilityStatus.DEPRECATED);
		status.setNewStatus(AvailabilityStatus.APPROVED);
		several.setSubmissionSet(set(patient));
		status.setSourceUuid(several.getSubmissionSet().getEntryUuid());
		status.setEntryUuid("urn:uuid:" + UUID.randomUUID());
		update("ITI-57, the status before", several, Status.SUCCESS);

		RegisterDocumentSet relation = new RegisterDocumentSet();
		relation.setSubmissionSet(set(patient));
		Association later = new Association(AssociationType.APPEND, "urn:uuid:" + UUID.randomUUID(),
						    other.getEntryUuid(), third);
		relation.getAssociations().addAll(List.of(later, new Association(AssociationType.SUBMIT_ASSOCIATION,
			"urn:uuid:" + UUID.randomUUID(), relation.getSubmissionSet().getEntryUuid(), later.getEntryUuid())));
		update("ITI-57, a relation said later", relation, Status.SUCCESS);
	}

	AvailabilityStatus statusOf(String uuid) {
		GetDocumentsQuery get = new GetDocumentsQuery();
		get.setUuids(List.of(uuid));
		QueryResponse found = find("ITI-18 of one", get, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		return found == null ? null : found.getDocumentEntries().get(0).getAvailabilityStatus();
	}

	/* What somebody makes when asked. */
	void onDemand(Identifiable patient) throws Exception {
		DocumentEntry e = entry(patient, "");
		e.setType(DocumentEntryType.ON_DEMAND);
		e.setRepositoryUniqueId("2.999.28");
		e.setCreationTime((Timestamp) null);
		e.setSize(null);
		e.setHash(null);
		registered("ITI-61", patient, e, Status.SUCCESS);
		FindDocumentsQuery query = documentsOf(patient, AvailabilityStatus.APPROVED);
		query.setDocumentEntryTypes(List.of(DocumentEntryType.ON_DEMAND));
		QueryResponse found = find("ITI-18 of on-demand entries", query, QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (found != null)
			hold("ITI-18 of on-demand entries: that one", List.of(e.getUniqueId()),
			     found.getDocumentEntries().stream().map(DocumentEntry::getUniqueId).toList());
	}

	void registered(String what, Identifiable patient, DocumentEntry e, Status wanted) {
		RegisterDocumentSet request = new RegisterDocumentSet();
		request.setSubmissionSet(set(patient));
		request.getDocumentEntries().add(e);
		request.getAssociations().add(member(request.getSubmissionSet(), e));
		Response answer = talk(what, soap("xds-iti61", "/xds/registry", "b-clinic"), request,
				       XdsCamelValidators.iti61RequestValidator(), XdsCamelValidators.iti61ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
	}

	void large(Identifiable patient) throws Exception {
		String text = "大きな文書".repeat(250_000);
		DocumentEntry e = entry(patient, text);
		provide("ITI-41 of 3.75 MB", patient, e, text, null, null, Status.SUCCESS);
		RetrievedDocumentSet octets = retrieve("ITI-43 of 3.75 MB", Status.SUCCESS, e.getUniqueId());
		if (octets != null)
			hold("ITI-43 of 3.75 MB: octets", true, text.equals(new String(octets.getDocuments().get(0)
				.getDataHandler().getInputStream().readAllBytes(), StandardCharsets.UTF_8)));
	}

	/* ---- XCDR: the gateway of another region, which knows him by the code it was given ---- */

	Response across(String what, String home, Identifiable code, DocumentEntry e, String text, Status wanted) {
		ProvideAndRegisterDocumentSet request = pushed(set(code), e, text, null);
		request.setTargetHomeCommunityId(home);
		Response answer = talk(what, soap("xcdr-iti80", "/xca/responding", "west-gateway"), request,
				       XdsCamelValidators.iti80RequestValidator(), XdsCamelValidators.iti80ResponseValidator(),
				       Response.class);
		if (answer != null)
			hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	void refusedAcross(String what, String home, Identifiable code, ErrorCode wanted) throws Exception {
		Response refused = across(what, home, code, entry(code, "x"), "x", Status.FAILURE);
		if (refused != null)
			hold(what + ": " + wanted, wanted, refused.getErrors().get(0).getErrorCode());
	}

	void providedAcross(Identifiable patient) throws Exception {
		String his = patient.getId() + "^^^&" + AFFINITY + "&ISO";
		operate("consent", "include", "--patient", his, "--facility", "west-gateway", "--reason", "interop");
		Identifiable code = new Identifiable(first("\"code\": ?\"(\\w+)\"",
			operate("partner", "code", "--partner", "west", "--patient", his, "--output", "json")),
						     new AssigningAuthority("2.999.11"));
		String text = "他の地域から " + run;
		DocumentEntry e = entry(code, text);
		Response answer = across("ITI-80", HOME, code, e, text, Status.SUCCESS);
		if (answer != null)
			hold("ITI-80: nothing is warned of", List.of(), answer.getErrors());
		RetrievedDocumentSet octets = retrieve("ITI-43 of what was provided by ITI-80", Status.SUCCESS, e.getUniqueId());
		if (octets != null)
			hold("ITI-43 of what was provided by ITI-80: octets", text, new String(octets.getDocuments().get(0)
				.getDataHandler().getInputStream().readAllBytes(), StandardCharsets.UTF_8));
		refusedAcross("ITI-80 for another community", "urn:oid:2.999.30", code, ErrorCode.UNKNOWN_COMMUNITY);
		refusedAcross("ITI-80 for nobody we know", HOME, patient, ErrorCode.UNKNOWN_PATIENT_ID);
	}

	/* What b-clinic was told last, as conformance/clients/ipf/run keeps it: told by itself, later. */
	void notified() {
		Path told = Path.of(messages, "notified.xml");
		must("ITI-46: b-clinic is told, and IPF finds it valid", () -> {
			try (WatchService watch = told.getFileSystem().newWatchService()) {
				told.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
				for (WatchKey key; !Files.exists(told); key.reset())
					if ((key = watch.poll(60, TimeUnit.SECONDS)) == null)
						break;
			}
			return valid(PixPdqV3CamelValidators.iti46RequestValidator(), Files.readString(told));
		});
	}

	int run() throws Exception {
		for (String system : List.of("a-hospital", "b-clinic", "west-gateway"))
			camel.getRegistry().bind(system, context(system));
		/* MSH-18 of what we send is UNICODE UTF-8. */
		HL7MLLPNettyEncoderFactory encoder = new HL7MLLPNettyEncoderFactory();
		HL7MLLPNettyDecoderFactory decoder = new HL7MLLPNettyDecoderFactory();
		encoder.setCharset(StandardCharsets.UTF_8);
		decoder.setCharset(StandardCharsets.UTF_8);
		camel.getRegistry().bind("hl7encoder", encoder);
		camel.getRegistry().bind("hl7decoder", decoder);
		camel.start();
		try {
			String region = identities();
			notified();
			Identifiable patient = new Identifiable(region, new AssigningAuthority(AFFINITY));
			documents(patient);
			queries(patient);
			severalAndRemoved(patient, new Identifiable("NOBODY" + run, new AssigningAuthority(AFFINITY)));
			onDemand(patient);
			updates(patient);
			large(patient);
			pushes();
			providedAcross(patient);
			new Across(this, neighbour).run();
		} finally {
			camel.stop();
		}
		System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
		return failed == 0 ? 0 : 1;
	}

	public static void main(String[] arguments) throws Exception {
		System.exit(new Interop(arguments).run());
	}
}
