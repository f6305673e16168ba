/* conformance/clients/opensaml/Interop.java: assertions that OpenSAML issued, presented by IPF (XUA) with ITI-18 and 43.
 *
 * Good ones are answered, each that is altered or otherwise wrong has its fault of WS-Security. */
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.binding.soap.SoapHeader;
import org.apache.cxf.headers.Header;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.*;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.*;
import org.openehealth.ipf.commons.ihe.xds.core.responses.*;
import org.openehealth.ipf.platform.camel.ihe.ws.AbstractWsEndpoint;
import org.opensaml.xmlsec.signature.support.SignatureConstants;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

public final class Interop {
	static final String WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
	static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion", DS = "http://www.w3.org/2000/09/xmldsig#";
	static final String AFFINITY = "2.999.1", REPOSITORY = "2.999.20", PASSWORD = "interop";
	static final String INVALID = "InvalidSecurityToken", STRANGE = "FailedAuthentication", CHECK = "FailedCheck";
	static final String SHAPE = "InvalidSecurity", ALGORITHM = "UnsupportedAlgorithm", TAKEN = "taken";

	final String host, https, stores, clients;
	final CamelContext camel = new DefaultCamelContext();
	int passed, failed;

	Interop(String[] arguments) {
		host = arguments[0];
		https = arguments[1];
		stores = arguments[2];
		clients = arguments[3];
	}

	/* ---- Counting ---- */

	void hold(String what, String wanted, Callable<String> deed) {
		String found;
		try {
			found = deed.call();
		} catch (Throwable fault) {
			found = String.valueOf(fault);
			if (System.getenv("MINATO_TRACE") != null)
				fault.printStackTrace(System.out);
		}
		boolean holds = wanted.equals(found);
		passed += holds ? 1 : 0;
		failed += holds ? 0 : 1;
		System.out.println((holds ? "ok   " : "FAIL ") + what + ": " + (holds ? found : found + ", not " + wanted));
	}

	/* ---- Sending ---- */

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

	/* IPF's way of presenting an assertion: a header that is the message's, written by its own interceptor. */
	static List<Header> presented(Element assertion) throws Exception {
		DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
		builders.setNamespaceAware(true);
		Document document = builders.newDocumentBuilder().newDocument();
		Element security = document.createElementNS(WSSE, "wsse:Security");
		security.appendChild(document.importNode(assertion, true));
		SoapHeader header = new SoapHeader(new QName(WSSE, "Security"), security);
		header.setMustUnderstand(true);
		return new ArrayList<>(List.of(header));
	}

	Object send(String component, String path, String system, Object body, Element assertion, Class<?> as) throws Exception {
		String uri = component + "://" + host + ":" + https + path + "?secure=true&audit=false&sslContextParameters=#" + system;
		Exchange exchange = new DefaultExchange(camel);
		exchange.getIn().setBody(body);
		exchange.getIn().setHeader(AbstractWsEndpoint.OUTGOING_SOAP_HEADERS, presented(assertion));
		Exchange answered = camel.createFluentProducerTemplate().to(uri).withExchange(exchange).send();
		if (answered.getException() != null)
			throw answered.getException();
		return answered.getMessage().getBody(as);
	}

	/* "taken", or the fault's subcode. */
	String fate(Callable<Object> asked) throws Exception {
		try {
			return asked.call() == null ? "nothing" : TAKEN;
		} catch (Exception fault) {
			for (Throwable t = fault; t != null; t = t.getCause())
				if (t instanceof SoapFault soap)
					return soap.getSubCodes() == null || soap.getSubCodes().isEmpty()
						? soap.getReason() : soap.getSubCodes().get(0).getLocalPart();
			throw fault;
		}
	}

	String asked(String system, Element assertion) throws Exception {
		FindDocumentsQuery q = new FindDocumentsQuery();
		q.setPatientId(new Identifiable("NOBODY", new AssigningAuthority(AFFINITY)));
		q.setStatus(List.of(AvailabilityStatus.APPROVED));
		return fate(() -> send("xds-iti18", "/xds/registry", system, new QueryRegistry(q, QueryReturnType.LEAF_CLASS),
				       assertion, QueryResponse.class));
	}

	String retrieved(String system, Element assertion) throws Exception {
		RetrieveDocumentSet request = new RetrieveDocumentSet();
		request.getDocuments().add(new DocumentReference(REPOSITORY, "2.999.404", null));
		return fate(() -> send("xds-iti43", "/xds/repository", system, request, assertion, RetrievedDocumentSet.class));
	}

	void both(String what, String wanted, Callable<Element> made) {
		hold(what + ", ITI-18", wanted, () -> asked("b-clinic", made.call()));
		hold(what + ", ITI-43", wanted, () -> retrieved("b-clinic", made.call()));
	}

	/* ---- What is done to one that was signed ---- */

	interface Change {
		void make(Element assertion);
	}

	static Element first(Element within, String space, String name) {
		return (Element) within.getElementsByTagNameNS(space, name).item(0);
	}

	static Change text(String space, String name, String from, String to) {
		return a -> {
			Element e = first(a, space, name);
			String changed = e.getTextContent().replace(from, to);
			if (changed.equals(e.getTextContent()))
				throw new IllegalStateException("nothing was changed in " + name);
			e.setTextContent(changed);
		};
	}

	static Change attribute(String space, String name, String attribute, String value) {
		return a -> first(a, space, name).setAttribute(attribute, value);
	}

	/* The last octet but one of what is base64. */
	static Change octet(String name) {
		return a -> {
			Element e = first(a, DS, name);
			String value = e.getTextContent().trim();
			char was = value.charAt(8);
			e.setTextContent(value.substring(0, 8) + (was == 'A' ? 'B' : 'A') + value.substring(9));
		};
	}

	static void into(Node parent, Node child) {
		parent.appendChild(parent.getOwnerDocument().adoptNode(child));
	}

	static Element changed(Element assertion, Change change) {
		change.make(assertion);
		return assertion;
	}

	/* ---- Cases ---- */

	static Map<String, String> said(String... pairs) {
		Map<String, String> map = new HashMap<>();
		for (int i = 0; i < pairs.length; i += 2)
			map.put(pairs[i], pairs[i + 1]);
		return map;
	}

	void good(Issuer by, String kind, Map<String, String> methods) {
		both(kind + ": bearer", TAKEN, () -> by.issue(said()));
		both(kind + ": holder of key", TAKEN, () -> by.issue(said("holder", clients + "/b-clinic.pem")));
		for (var each : methods.entrySet())
			both(kind + ": " + each.getKey(), TAKEN, () -> by.issue(said("algorithm", each.getKey(), "digest",
										      each.getValue())));
		both(kind + ": in an emergency", TAKEN, () -> by.issue(said("purpose", "ETREAT")));
	}

	void wrong(Issuer by, Issuer other) {
		both("holder of another key", STRANGE, () -> by.issue(said("holder", clients + "/a-hospital.pem")));
		both("signed by another key", STRANGE, () -> other.issue(said()));
		both("of another issuer", STRANGE, () -> by.issue(said("issuer", "https://evil.example/")));
		both("of another organization", STRANGE, () -> by.issue(said("organization", "urn:oid:2.999.9")));
		both("expired", INVALID, () -> by.issue(said("begin", "-600", "end", "-120")));
		both("early", INVALID, () -> by.issue(said("begin", "120", "end", "300")));
		both("living too long", INVALID, () -> by.issue(said("end", "36000")));
		both("for another audience", INVALID, () -> by.issue(said("audience", "urn:oid:2.999.2")));
		both("of a sender who vouches", INVALID, () -> by.issue(said("method",
			"urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")));
		both("of nobody who logged in", INVALID, () -> by.issue(said("unauthenticated", "yes")));
		both("unsigned", INVALID, () -> by.issue(said("unsigned", "yes")));
		both("signed with SHA-1", ALGORITHM, () -> by.issue(said("algorithm",
			SignatureConstants.ALGO_ID_SIGNATURE_RSA_SHA1)));
		both("digested with SHA-1", ALGORITHM, () -> by.issue(said("digest", SignatureConstants.ALGO_ID_DIGEST_SHA1)));
	}

	void altered(Issuer by) {
		Map<String, Change> changes = new java.util.LinkedHashMap<>();
		changes.put("its person", text(SAML, "NameID", "dr.", "mr."));
		changes.put("its audience", text(SAML, "Audience", "2.999.1", "2.999.1.1"));
		changes.put("its role", attribute("urn:hl7-org:v3", "Role", "code", "1"));
		changes.put("its purpose", attribute("urn:hl7-org:v3", "PurposeOfUse", "code", "BTG"));
		changes.put("its end", attribute(SAML, "Conditions", "NotOnOrAfter", "2099-01-01T00:00:00Z"));
		changes.put("its authentication", attribute(SAML, "AuthnStatement", "AuthnInstant", "2026-01-01T00:00:00Z"));
		changes.put("its confirmation", attribute(SAML, "SubjectConfirmation", "Method", "urn:other"));
		changes.put("its version", a -> a.setAttribute("Version", "2.1"));
		changes.put("its digest", octet("DigestValue"));
		for (var each : changes.entrySet())
			both("altered: " + each.getKey(), each.getKey().equals("its digest") ? STRANGE : CHECK,
			     () -> changed(by.issue(said()), each.getValue()));
		both("altered: its signature", STRANGE, () -> changed(by.issue(said()), octet("SignatureValue")));
		both("altered: its name, by a comment", SHAPE, () -> changed(by.issue(said()), a -> {
			Element name = first(a, SAML, "NameID");
			name.appendChild(a.getOwnerDocument().createComment("x"));
		}));
		both("altered: its ID", SHAPE, () -> changed(by.issue(said()), a -> a.setAttribute("ID", "_other")));
		both("wrapped: the signed one within a forged one", SHAPE, () -> {
			Element signed = by.issue(said()), forged = by.issue(said("unsigned", "yes", "user", "admin"));
			into(forged, signed);
			return forged;
		});
		both("wrapped: a forged one within the signed one", SHAPE, () -> {
			Element signed = by.issue(said()), forged = by.issue(said("unsigned", "yes", "user", "admin"));
			into(signed, forged);
			return signed;
		});
		both("wrapped: the signed one in its own signature", SHAPE, () -> {
			Element signed = by.issue(said()), forged = by.issue(said("user", "admin"));
			Element object = forged.getOwnerDocument().createElementNS(DS, "ds:Object");
			first(forged, DS, "Signature").appendChild(object);
			into(object, signed);
			return forged;
		});
	}

	void presentedAgain(Issuer by) {
		hold("stolen: another system presents it", STRANGE, () -> {
			Element bearer = by.issue(said());
			String its = asked("b-clinic", bearer);
			return its.equals(TAKEN) ? asked("a-hospital", bearer) : "not taken at first: " + its;
		});
		hold("presented again by its own", TAKEN, () -> {
			Element bearer = by.issue(said());
			String its = asked("b-clinic", bearer);
			return its.equals(TAKEN) ? retrieved("b-clinic", bearer) : "not taken at first: " + its;
		});
	}

	int story(String entity) throws Exception {
		for (String system : List.of("a-hospital", "b-clinic"))
			camel.getRegistry().bind(system, context(system));
		camel.start();
		Issuer rsa = new Issuer(entity, stores + "/RSA.pem", stores + "/RSA.der", "RSA");
		Issuer curve = new Issuer(entity, stores + "/EC.pem", stores + "/EC.der", "EC");
		Issuer other = new Issuer(entity, stores + "/other.pem", stores + "/other.der", "RSA");
		good(rsa, "RSA", Map.of(SignatureConstants.ALGO_ID_SIGNATURE_RSA_SHA384, SignatureConstants.ALGO_ID_DIGEST_SHA384,
					SignatureConstants.ALGO_ID_SIGNATURE_RSA_SHA512, SignatureConstants.ALGO_ID_DIGEST_SHA512));
		good(curve, "EC", Map.of(SignatureConstants.ALGO_ID_SIGNATURE_ECDSA_SHA384, SignatureConstants.ALGO_ID_DIGEST_SHA256));
		wrong(rsa, other);
		altered(rsa);
		presentedAgain(curve);
		camel.stop();
		System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
		return failed == 0 ? 0 : 1;
	}

	public static void main(String[] arguments) throws Exception {
		System.exit(new Interop(arguments).story(arguments[4]));
	}
}
