/* conformance/clients/ipf/Across.java: another community, which is IPF: it asks us (ITI-55, 38, 39)
 * as its Initiating Gateway, and is asked by us (Neighbour.java), both over TLS. */
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.*;
import org.openehealth.ipf.commons.ihe.xds.core.responses.*;
import org.openehealth.ipf.platform.camel.ihe.hl7v3.PixPdqV3CamelValidators;
import org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators;

final class Across {
	/* Of the codes by which other communities know people of ours. */
	static final String CODES = "2.999.11";
	static final String KNOWN = "known W1^^^&" + Neighbour.DOMAIN + "&ISO";

	final Interop interop;
	final int port;
	final Map<String, String> person = new HashMap<>();
	String his, text;
	Identifiable regional, code;
	DocumentEntry ours;

	Across(Interop interop, int port) {
		this.interop = interop;
		this.port = port;
	}

	void run() throws Exception {
		person();
		discovers();
		interop.hold("ITI-55: a code of ours", 32, code.getId().length());
		if (code.getId().isEmpty())
			return;
		queries();
		retrieves();
		gateway();
	}

	void person() throws Exception {
		String id = interop.fresh("W");
		his = id + "^^^&" + Interop.A + "&ISO";
		person.putAll(Map.of("domain", Interop.A, "id", id, "family", "ワタリ" + interop.kana(),
				     "given", "サブロウ", "phone", "04" + interop.run.substring(0, 8)));
		interop.feedV3("ITI-44 add, who moves", "iti44-add.xml", person, "CA");
		interop.must("consent of who moves", () -> interop.consent(his));
		String known = interop.query("ITI-45 of who moves", Interop.A, id, "a-hospital", "OK");
		regional = new Identifiable(known, new AssigningAuthority(Interop.AFFINITY));
	}

	void says(String what, String... more) throws Exception {
		List<String> words = new ArrayList<>(
			List.of("consent", what, "--patient", his, "--reason", "interop"));
		words.addAll(List.of(more));
		interop.operate(words.toArray(String[]::new));
	}

	/* ---- It asks us ---- */

	/* The answer, and how it is called. */
	String discover(String what, String file, Map<String, String> values, String wanted) {
		String answer = interop.talk(what, interop.soap("xcpd-iti55", "/xcpd", "west-gateway"),
					     interop.quiet(file, values), PixPdqV3CamelValidators.iti55RequestValidator(),
					     PixPdqV3CamelValidators.iti55ResponseValidator(), String.class);
		if (answer == null)
			return "";
		interop.hold(what + ": " + wanted, wanted,
			     Interop.first("<queryResponseCode code=\"(\\w+)\"", answer));
		return answer;
	}

	static String codeIn(String answer) {
		String patient = Interop.first("<patient [^>]*>(.*?)<patientPerson", answer);
		return patient.contains("root=\"" + CODES + "\"")
			? Interop.first("extension=\"(\\w+)\"", patient) : "";
	}

	void discovers() throws Exception {
		discover("ITI-55 of whom it may not see", "iti55.xml", person, "NF");
		says("include", "--facility", "west-gateway");
		String answer = discover("ITI-55", "iti55.xml", person, "OK");
		code = new Identifiable(codeIn(answer), new AssigningAuthority(CODES));
		interop.hold("ITI-55: our home", Interop.HOME, "urn:oid:" + Interop.first(
			"<custodian.*?<assignedEntity[^>]*>\\s*<id root=\"([\\d.]+)\"", answer));
		interop.hold("ITI-55: no id of a facility's, nor the region's", false,
			     answer.contains(person.get("id")) || answer.contains(regional.getId()));
		String again = discover("ITI-55 by the code", "iti55-code.xml",
					Map.of("domain", CODES, "id", code.getId()), "OK");
		interop.hold("ITI-55 by the code: the same", code.getId(), codeIn(again));
		Map<String, String> nobody = new HashMap<>(person);
		nobody.putAll(Map.of("family", "ダレモ" + interop.kana(), "given",
				     "イナイ" + interop.kana(), "phone", "0399999999"));
		discover("ITI-55 of nobody", "iti55.xml", nobody, "NF");
	}

	QueryResponse ask(String what, StoredQuery query, QueryReturnType as, Status wanted) {
		String uri = interop.soap("xca-iti38", "/xca/responding", "west-gateway");
		QueryResponse answer = interop.talk(what, uri, new QueryRegistry(query, as),
						    XdsCamelValidators.iti38RequestValidator(),
						    XdsCamelValidators.iti38ResponseValidator(),
						    QueryResponse.class);
		if (answer != null)
			interop.hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	FindDocumentsQuery documentsOf(Identifiable patient) {
		return interop.documentsOf(patient, AvailabilityStatus.APPROVED);
	}

	static List<String> named(QueryResponse answer) {
		return answer.getDocumentEntries().stream().map(DocumentEntry::getUniqueId).sorted()
			.toList();
	}

	void queries() throws Exception {
		text = "われわれの " + interop.run;
		ours = interop.entry(regional, text);
		interop.provide("ITI-41 of who moves", regional, ours, text, null, null, Status.SUCCESS);
		QueryResponse found = ask("ITI-38 FindDocuments", documentsOf(code),
					  QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (found != null) {
			interop.hold("ITI-38 FindDocuments: that one", List.of(ours.getUniqueId()), named(found));
			interop.hold("ITI-38 FindDocuments: our home, and his code", true,
				     found.getDocumentEntries().stream().allMatch(
					e -> Interop.HOME.equals(e.getHomeCommunityId())
					     && code.equals(e.getPatientId())));
		}
		QueryResponse references = ask("ITI-38 FindDocuments, references", documentsOf(code),
					       QueryReturnType.OBJECT_REF, Status.SUCCESS);
		if (references != null)
			interop.hold("ITI-38 FindDocuments, references: our home", List.of(Interop.HOME),
				     references.getReferences().stream().map(ObjectReference::getHome).toList());
		Identifiable nobody = new Identifiable("A".repeat(32), new AssigningAuthority(CODES));
		QueryResponse none = ask("ITI-38 of a code nobody has", documentsOf(nobody),
					 QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (none != null)
			interop.hold("ITI-38 of a code nobody has: nothing", List.of(), named(none));
		byId("ITI-38 GetDocuments", Interop.HOME, Status.SUCCESS);
		QueryResponse refused = byId("ITI-38 of another home", "urn:oid:2.999.31", Status.FAILURE);
		if (refused != null)
			interop.hold("ITI-38 of another home: why", ErrorCode.UNKNOWN_COMMUNITY,
				     refused.getErrors().get(0).getErrorCode());
	}

	QueryResponse byId(String what, String home, Status wanted) {
		GetDocumentsQuery get = new GetDocumentsQuery();
		get.setUniqueIds(List.of(ours.getUniqueId()));
		get.setHomeCommunityId(home);
		QueryResponse answer = ask(what, get, QueryReturnType.LEAF_CLASS, wanted);
		if (answer != null && wanted == Status.SUCCESS)
			interop.hold(what + ": that one", List.of(ours.getUniqueId()), named(answer));
		return answer;
	}

	RetrievedDocumentSet fetch(String what, Status wanted, DocumentReference... documents) {
		String uri = interop.soap("xca-iti39", "/xca/responding", "west-gateway");
		RetrievedDocumentSet answer = fetch(what, uri, XdsCamelValidators.iti39RequestValidator(),
						    Across::validOfItsHome, wanted, documents);
		if (answer != null)
			for (ErrorInfo error : answer.getErrors())
				interop.hold(what + ": our home, and the document it is of",
					     Interop.HOME + " " + documents[0].getDocumentUniqueId(),
					     error.getLocation());
		return answer;
	}

	/* IPF takes the location of an error of ITI-39 for a homeCommunityId and nothing else. ITI TF-2:
	 * 3.39.4.1.3 wants there what 3.43 does plus the homeCommunityId: it judges all but the rest of
	 * the location. */
	static void validOfItsHome(Exchange exchange) throws Exception {
		RetrievedDocumentSet given = exchange.getIn().getBody(RetrievedDocumentSet.class);
		RetrievedDocumentSet judged = new RetrievedDocumentSet(given.getStatus(), given.getDocuments());
		for (ErrorInfo e : given.getErrors())
			judged.getErrors().add(new ErrorInfo(
				e.getErrorCode(), e.getCodeContext(), e.getSeverity(),
				Interop.first("(\\S+)", e.getLocation()), e.getCustomErrorCode()));
		exchange.getIn().setBody(judged);
		XdsCamelValidators.iti39ResponseValidator().process(exchange);
	}

	RetrievedDocumentSet fetch(String what, String uri, Processor asked, Processor answered,
				   Status wanted, DocumentReference... documents) {
		RetrieveDocumentSet request = new RetrieveDocumentSet();
		request.getDocuments().addAll(Arrays.asList(documents));
		RetrievedDocumentSet answer = interop.talk(what, uri, request, asked, answered,
							   RetrievedDocumentSet.class);
		if (answer != null)
			interop.hold(what + ": " + wanted, wanted, answer.getStatus());
		return answer;
	}

	/* Of each document: its home, and what it is. */
	void octets(String what, RetrievedDocumentSet answer, List<String> wanted) {
		if (answer == null)
			return;
		interop.must(what + ": octets and home", () -> {
			List<String> found = new ArrayList<>();
			for (RetrievedDocument each : answer.getDocuments())
				found.add(each.getRequestData().getHomeCommunityId() + " " + new String(
					each.getDataHandler().getInputStream().readAllBytes(), StandardCharsets.UTF_8));
			if (!found.equals(wanted))
				throw new IllegalStateException("other documents: " + found.size());
			return true;
		});
	}

	DocumentReference ours() {
		return new DocumentReference(Interop.REPOSITORY, ours.getUniqueId(), Interop.HOME);
	}

	void retrieves() {
		octets("ITI-39", fetch("ITI-39", Status.SUCCESS, ours()),
		       List.of(Interop.HOME + " " + text));
		DocumentReference none = new DocumentReference(Interop.REPOSITORY, interop.oid(), Interop.HOME);
		fetch("ITI-39 of what is not there", Status.FAILURE, none);
		octets("ITI-39 of both", fetch("ITI-39 of both", Status.PARTIAL_SUCCESS, none, ours()),
		       List.of(Interop.HOME + " " + text));
	}

	/* ---- It is asked by us ---- */

	String discovered(String who) throws Exception {
		String said = interop.operate("partner", "discover", "--partner", "west", "--patient", who,
					      "--output", "json");
		return Interop.first("\"answer\": ?\"([\\w ]+)\"", said) + " "
			+ Interop.first("\"id\": ?\"([^\"]*)\"", said);
	}

	RetrievedDocumentSet consume(String what, Status wanted, DocumentReference... documents) {
		return fetch(what, interop.soap("xds-iti43", "/xds/repository", "a-hospital"),
			     XdsCamelValidators.iti43RequestValidator(),
			     XdsCamelValidators.iti43ResponseValidator(), wanted, documents);
	}

	void gateway() throws Exception {
		String theirs = "となりの " + interop.run, large = "大きな文書".repeat(250_000), small;
		try (Neighbour west = new Neighbour(interop, "W1", person.get("family"))) {
			small = west.has(theirs);
			String big = west.has(large);
			west.open(port);
			found(west, small, big);
			read(small, theirs, big, large);
			closed(west);
			for (String what : List.of("ITI-55", "ITI-38", "ITI-39")) {
				interop.hold(what + " was asked of IPF", true, west.count(what) > 0);
				for (String way : List.of(what, what + ", its answer"))
					interop.hold(way + " of IPF's gateway is valid to IPF", List.of(),
						     west.faults.getOrDefault(way, List.of()));
			}
		}
		gone(small);
	}

	/* ITI-55 and 38: he is known there, so what is there is found along with what is here. */
	void found(Neighbour west, String small, String big) throws Exception {
		interop.hold("ITI-18 before it is asked whether it knows him: ours", List.of(ours.getUniqueId()),
			     listed("ITI-18, ours alone"));
		interop.hold("ITI-55 to IPF: known", KNOWN, discovered(his));
		interop.hold("ITI-55 to IPF: our home, and the code it has already", true,
			     west.lastQuestion.contains("\"" + Interop.HOME.substring(8) + "\"")
			     && west.lastQuestion.contains(code.getId()));
		interop.hold("ITI-55 to IPF: no id of a facility's, nor the region's", false,
			     west.lastQuestion.contains(person.get("id"))
			     || west.lastQuestion.contains(regional.getId()));
		List<String> all = new ArrayList<>(List.of(ours.getUniqueId(), small, big));
		all.sort(null);
		QueryResponse both = interop.find("ITI-18 with IPF's", documentsOf(regional),
						  QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (both != null) {
			interop.hold("ITI-18 with IPF's: ours and theirs", all, named(both));
			interop.hold("ITI-18 with IPF's: each of its home, and his as he was asked for", true,
				     both.getDocumentEntries().stream().allMatch(e -> regional.equals(e.getPatientId())
					&& (e.getUniqueId().equals(ours.getUniqueId()) ? Interop.HOME : Neighbour.HOME)
					   .equals(e.getHomeCommunityId())));
		}
		QueryResponse references = interop.find("ITI-18 with IPF's, references",
							documentsOf(regional),
							QueryReturnType.OBJECT_REF, Status.SUCCESS);
		if (references != null)
			interop.hold("ITI-18 with IPF's, references: homes",
				     List.of(Interop.HOME, Neighbour.HOME, Neighbour.HOME),
				     references.getReferences().stream().map(ObjectReference::getHome).toList());
		GetDocumentsQuery get = new GetDocumentsQuery();
		get.setUuids(List.of(west.entries.get(small).getEntryUuid()));
		get.setHomeCommunityId(Neighbour.HOME);
		QueryResponse one = interop.find("ITI-18 GetDocuments of IPF's", get,
						 QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		if (one != null)
			interop.hold("ITI-18 GetDocuments of IPF's: that one", List.of(small), named(one));
	}

	List<String> listed(String what) {
		QueryResponse answer = interop.find(what, documentsOf(regional),
						    QueryReturnType.LEAF_CLASS, Status.SUCCESS);
		return answer == null ? List.of("no answer") : named(answer);
	}

	static DocumentReference theirs(String unique) {
		return new DocumentReference(Neighbour.REPOSITORY, unique, Neighbour.HOME);
	}

	/* ITI-39: what is there is read where ours is. */
	void read(String small, String theirs, String big, String large) {
		octets("ITI-43 of IPF's", consume("ITI-43 of IPF's", Status.SUCCESS, theirs(small)),
		       List.of(Neighbour.HOME + " " + theirs));
		octets("ITI-43 of IPF's 3.75 MB, and ours",
		       consume("ITI-43 of IPF's 3.75 MB, and ours", Status.SUCCESS, theirs(big), ours()),
		       List.of(Neighbour.HOME + " " + large, Interop.HOME + " " + text));
		RetrievedDocumentSet part = consume("ITI-43 of what IPF has not, and ours",
						    Status.PARTIAL_SUCCESS, theirs(interop.oid()), ours());
		octets("ITI-43 of what IPF has not, and ours", part,
		       List.of(Interop.HOME + " " + text));
		if (part != null)
			interop.hold("ITI-43 of what IPF has not: why", ErrorCode.DOCUMENT_UNIQUE_ID_ERROR,
				     part.getErrors().get(0).getErrorCode());
	}

	/* Of whom IPF does not know, of who excludes it, and of who has left. */
	void closed(Neighbour west) throws Exception {
		String id = interop.fresh("V"), other = id + "^^^&" + Interop.A + "&ISO";
		Map<String, String> stays = new HashMap<>(person);
		stays.putAll(Map.of("id", id, "family", "トドマル" + interop.kana(),
				    "phone", "05" + interop.run.substring(0, 8)));
		interop.feedV3("ITI-44 add, who stays", "iti44-add.xml", stays, "CA");
		interop.must("consent of who stays", () -> interop.consent(other));
		interop.hold("ITI-55 to IPF of who stays: unknown", "unknown ", discovered(other));
		says("exclude", "--facility", "west-gateway");
		int before = west.count("ITI-55");
		interop.hold("ITI-55 of who excludes it: closed", "closed ", discovered(his));
		interop.hold("ITI-55 of who excludes it: IPF is not asked", before, west.count("ITI-55"));
		says("include", "--facility", "west-gateway");
		says("leave");
		before = west.count("ITI-38");
		interop.hold("ITI-18 of who has left: nothing", List.of(), listed("ITI-18 of who has left"));
		interop.hold("ITI-18 of who has left: IPF is not asked", before, west.count("ITI-38"));
		interop.must("consent again", () -> interop.consent(his));
		interop.hold("ITI-55 to IPF again: known", KNOWN, discovered(his));
	}

	void gone(String small) {
		QueryResponse part = interop.find("ITI-18, IPF is gone", documentsOf(regional),
						  QueryReturnType.LEAF_CLASS, Status.PARTIAL_SUCCESS);
		if (part != null) {
			interop.hold("ITI-18, IPF is gone: ours", List.of(ours.getUniqueId()), named(part));
			interop.hold("ITI-18, IPF is gone: why", List.of(ErrorCode.UNAVAILABLE_COMMUNITY),
				     part.getErrors().stream().map(ErrorInfo::getErrorCode).toList());
		}
		octets("ITI-43, IPF is gone",
		       consume("ITI-43, IPF is gone", Status.PARTIAL_SUCCESS, theirs(small), ours()),
		       List.of(Interop.HOME + " " + text));
	}
}
