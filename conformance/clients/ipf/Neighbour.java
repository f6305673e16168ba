/* conformance/clients/ipf/Neighbour.java: another community's Responding Gateway, built from IPF's
 * endpoints (ITI-38, 39 and 55), over TLS with clients' certificates.
 *
 * It knows one person and has documents of his. IPF's own validators judge each question that
 * comes, and each answer before it leaves. */
import jakarta.activation.DataHandler;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.xml.datatype.DatatypeFactory;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.cxf.BusFactory;
import org.apache.cxf.transport.servlet.CXFNonSpringServlet;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.*;
import org.openehealth.ipf.commons.ihe.xds.core.responses.*;
import org.openehealth.ipf.platform.camel.ihe.hl7v3.PixPdqV3CamelValidators;
import org.openehealth.ipf.platform.camel.ihe.hl7v3.iti55.TtlHeaderUtils;
import org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators;

final class Neighbour extends RouteBuilder implements AutoCloseable {
	static final String ROOT = "2.999.30", HOME = "urn:oid:" + ROOT;
	static final String DOMAIN = ROOT + ".1", REPOSITORY = ROOT + ".2";

	final Interop interop;
	final Tomcat tomcat = new Tomcat();
	/* Whom it knows: by this id, should the family that is asked for be this. */
	final Identifiable patient;
	final String family;
	/* Its documents: of each uniqueId, what describes it and what it is. */
	final Map<String, DocumentEntry> entries = new LinkedHashMap<>();
	final Map<String, String> texts = new LinkedHashMap<>();
	/* What it was asked, and what IPF has against that or against what it answered. */
	final Map<String, Integer> asked = new ConcurrentHashMap<>();
	final Map<String, List<String>> faults = new ConcurrentHashMap<>();
	volatile String lastQuestion = "";

	Neighbour(Interop interop, String id, String family) {
		this.interop = interop;
		this.patient = new Identifiable(id, new AssigningAuthority(DOMAIN));
		this.family = family;
	}

	/* A document of whom it knows; its uniqueId. */
	String has(String text) throws Exception {
		DocumentEntry e = interop.entry(patient, text);
		e.setSourcePatientId(patient);
		e.setRepositoryUniqueId(REPOSITORY);
		e.setHomeCommunityId(HOME);
		entries.put(e.getUniqueId(), e);
		texts.put(e.getUniqueId(), text);
		return e.getUniqueId();
	}

	/* ---- The doors ---- */

	void open(int port) throws Exception {
		tomcat.setBaseDir(interop.stores + "/neighbour");
		tomcat.setConnector(door(port));
		Context context = tomcat.addContext("", null);
		CXFNonSpringServlet servlet = new CXFNonSpringServlet();
		servlet.setBus(BusFactory.getDefaultBus());
		Tomcat.addServlet(context, "gateway", servlet).setLoadOnStartup(1);
		context.addServletMappingDecoded("/*", "gateway");
		interop.camel.addRoutes(this);
		tomcat.start();
	}

	Connector door(int port) {
		SSLHostConfig host = new SSLHostConfig();
		host.setCertificateVerification("required");
		host.setTruststoreFile(interop.stores + "/authorities.p12");
		host.setTruststorePassword(Interop.PASSWORD);
		host.setTruststoreType("PKCS12");
		SSLHostConfigCertificate own = new SSLHostConfigCertificate(
			host, SSLHostConfigCertificate.Type.UNDEFINED);
		own.setCertificateKeystoreFile(interop.stores + "/server.p12");
		own.setCertificateKeystorePassword(Interop.PASSWORD);
		own.setCertificateKeystoreType("PKCS12");
		host.addCertificate(own);
		Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
		connector.setPort(port);
		connector.setScheme("https");
		connector.setSecure(true);
		connector.setProperty("SSLEnabled", "true");
		connector.addSslHostConfig(host);
		return connector;
	}

	@Override
	public void close() throws Exception {
		tomcat.stop();
		tomcat.destroy();
	}

	@Override
	public void configure() {
		serve("ITI-55", "xcpd-iti55:xcpd", PixPdqV3CamelValidators.iti55RequestValidator(),
		      PixPdqV3CamelValidators.iti55ResponseValidator(), String.class, this::knows);
		serve("ITI-38", "xca-iti38:query", XdsCamelValidators.iti38RequestValidator(),
		      XdsCamelValidators.iti38ResponseValidator(), QueryRegistry.class, this::found);
		serve("ITI-39", "xca-iti39:retrieve", XdsCamelValidators.iti39RequestValidator(),
		      XdsCamelValidators.iti39ResponseValidator(), RetrieveDocumentSet.class,
		      this::given);
	}

	<Q> void serve(String what, String uri, Processor question, Processor answer, Class<Q> as,
		       Function<Q, Object> made) {
		from(uri + "?audit=false").process(exchange -> {
			asked.merge(what, 1, Integer::sum);
			judge(what, question, exchange.getIn().getBody());
			Object body = made.apply(exchange.getIn().getBody(as));
			judge(what + ", its answer", answer, body);
			exchange.getMessage().setBody(body);
			if (as == String.class)
				keepFor(exchange);
		});
	}

	void judge(String what, Processor validator, Object body) {
		try {
			interop.valid(validator, body);
		} catch (Exception fault) {
			faults.computeIfAbsent(what, w -> new CopyOnWriteArrayList<>())
			      .add(String.valueOf(fault.getMessage()));
		}
	}

	int count(String what) {
		return asked.getOrDefault(what, 0);
	}

	/* ---- ITI-55 ---- */

	static void keepFor(Exchange exchange) throws Exception {
		TtlHeaderUtils.setTtl(DatatypeFactory.newInstance().newDuration(
			Duration.ofHours(1).toMillis()), exchange.getMessage());
	}

	static final String ANSWER = """
		<PRPA_IN201306UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
		<id root="%s"/><creationTime value="20260115093000"/>
		<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201306UV02"/>
		<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>
		<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">
		<id root="2.999.10.1"/></device></receiver>
		<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE">
		<id root="2.999.30.9"/></device></sender>
		<acknowledgement><typeCode code="AA"/><targetMessage>%s</targetMessage></acknowledgement>
		<controlActProcess classCode="CACT" moodCode="EVN">
		<code code="PRPA_TE201306UV02" codeSystem="2.16.840.1.113883.1.6"/>
		%s<queryAck>%s<statusCode code="deliveredResponse"/><queryResponseCode code="%s"/></queryAck>
		%s</controlActProcess></PRPA_IN201306UV02>""";
	static final String EVENT = """
		<subject typeCode="SUBJ" contextConductionInd="false">
		<registrationEvent classCode="REG" moodCode="EVN"><id nullFlavor="NA"/>
		<statusCode code="active"/><subject1 typeCode="SBJ"><patient classCode="PAT">
		<id root="%s" extension="%s"/><statusCode code="active"/>
		<patientPerson classCode="PSN" determinerCode="INSTANCE">%s
		<administrativeGenderCode code="%s"/><birthTime value="%s"/></patientPerson>
		<subjectOf1><queryMatchObservation classCode="COND" moodCode="EVN"><code code="IHE_PDQ"/>
		<value xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="INT" value="98"/>
		</queryMatchObservation></subjectOf1></patient></subject1>
		<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="%s"/>
		<code code="NotHealthDataLocator" codeSystem="1.3.6.1.4.1.19376.1.2.27.2"/>
		</assignedEntity></custodian></registrationEvent></subject>""";

	/* Him, as he is asked for: whoever asks holds the answer against its own record. */
	Object knows(String question) {
		lastQuestion = question;
		boolean known = question.contains(family);
		String names = part("livingSubjectName", "(.*)", question)
			.replaceAll("</?livingSubjectName>|<semanticsText>.*?</semanticsText>", "")
			.replaceAll("<(/?)value", "<$1name");
		String event = EVENT.formatted(
			DOMAIN, patient.getId(), names,
			part("livingSubjectAdministrativeGender", ".*?code=\"(\\w+)\".*?", question),
			part("livingSubjectBirthTime", ".*?value=\"(\\w+)\".*?", question), ROOT);
		return ANSWER.formatted(UUID.randomUUID(),
					Interop.first("(<id [^>]*?/>)", question), known ? event : "",
					Interop.first("(<queryId [^>]*?/>)", question), known ? "OK" : "NF",
					Interop.first("(<queryByParameter.*</queryByParameter>)", question));
	}

	static String part(String element, String inside, String question) {
		return Interop.first("<" + element + ">" + inside + "</" + element + ">", question);
	}

	/* ---- ITI-38 and 39 ---- */

	boolean isMeant(Query query, DocumentEntry e) {
		if (query instanceof FindDocumentsQuery find)
			return e.getPatientId().equals(find.getPatientId());
		if (query instanceof GetDocumentsQuery get)
			return has(get.getUniqueIds(), e.getUniqueId()) || has(get.getUuids(), e.getEntryUuid());
		return false;
	}

	static boolean has(List<String> ids, String id) {
		return ids != null && ids.contains(id);
	}

	Object found(QueryRegistry request) {
		QueryResponse answer = new QueryResponse(Status.SUCCESS);
		List<DocumentEntry> meant = entries.values().stream()
			.filter(e -> isMeant(request.getQuery(), e)).toList();
		if (request.getReturnType() == QueryReturnType.LEAF_CLASS)
			answer.setDocumentEntries(new ArrayList<>(meant));
		else
			meant.forEach(e -> answer.getReferences().add(new ObjectReference(e.getEntryUuid(), HOME)));
		return answer;
	}

	Object given(RetrieveDocumentSet request) {
		RetrievedDocumentSet answer = new RetrievedDocumentSet(Status.SUCCESS);
		for (DocumentReference wanted : request.getDocuments()) {
			String text = texts.get(wanted.getDocumentUniqueId());
			if (text != null && REPOSITORY.equals(wanted.getRepositoryUniqueId()))
				answer.getDocuments().add(new RetrievedDocument(new DataHandler(
					new ByteArrayDataSource(text.getBytes(StandardCharsets.UTF_8), "text/plain")),
					wanted, null, null, "text/plain"));
			else
				answer.getErrors().add(new ErrorInfo(ErrorCode.DOCUMENT_UNIQUE_ID_ERROR,
					wanted.getDocumentUniqueId(), Severity.ERROR, HOME, null));
		}
		if (!answer.getErrors().isEmpty())
			answer.setStatus(answer.getDocuments().isEmpty() ? Status.FAILURE : Status.PARTIAL_SUCCESS);
		return answer;
	}
}
