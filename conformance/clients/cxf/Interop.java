/* conformance/clients/cxf/Interop.java: Apache CXF as a client of ITI-41 and ITI-43.
 *
 * As a vendor would write it: a JAX-WS interface, JAXB classes with DataHandler for documents, and CXF's
 * features for MTOM and WS-Addressing, each on and off, with chunks and with Content-Length. What CXF
 * puts on the wire for that is its own affair; the gateway takes it, or says why not. */
import jakarta.activation.DataHandler;
import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.mail.util.ByteArrayDataSource;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAnyElement;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlMimeType;
import jakarta.xml.bind.annotation.XmlRootElement;
import jakarta.xml.bind.annotation.XmlType;
import jakarta.xml.bind.annotation.XmlValue;
import jakarta.xml.ws.Action;
import jakarta.xml.ws.WebServiceException;
import jakarta.xml.ws.soap.MTOMFeature;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.cxf.configuration.jsse.TLSClientParameters;
import org.apache.cxf.endpoint.Client;
import org.apache.cxf.feature.Feature;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.jaxws.JaxWsProxyFactoryBean;
import org.apache.cxf.transport.http.HTTPConduit;
import org.apache.cxf.transports.http.configuration.HTTPClientPolicy;
import org.apache.cxf.ws.addressing.WSAddressingFeature;
import org.w3c.dom.Element;

public final class Interop {
	static final String XDS = "urn:ihe:iti:xds-b:2007", RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
	static final String IHE = "urn:ihe:iti:2007:", REPOSITORY = "2.999.20", PASSWORD = "interop";
	static final String SOAP12 = "http://www.w3.org/2003/05/soap/bindings/HTTP/";

	@WebService(name = "DocumentRepository", targetNamespace = XDS)
	@SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
	public interface Repository {
		@WebMethod(action = IHE + "ProvideAndRegisterDocumentSet-b")
		@Action(input = IHE + "ProvideAndRegisterDocumentSet-b", output = IHE + "ProvideAndRegisterDocumentSet-bResponse")
		@WebResult(name = "RegistryResponse", targetNamespace = RS, partName = "body")
		Status provide(@WebParam(name = "ProvideAndRegisterDocumentSetRequest", targetNamespace = XDS, partName = "body")
			       Submission request);

		@WebMethod(action = IHE + "RetrieveDocumentSet")
		@Action(input = IHE + "RetrieveDocumentSet", output = IHE + "RetrieveDocumentSetResponse")
		@WebResult(name = "RetrieveDocumentSetResponse", targetNamespace = XDS, partName = "body")
		Retrieved retrieve(@WebParam(name = "RetrieveDocumentSetRequest", targetNamespace = XDS, partName = "body")
				   Wanted request);
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	public static final class Status {
		@XmlAttribute public String status;
		@XmlAnyElement public List<Element> lists = new ArrayList<>();
		@XmlAnyAttribute public Map<QName, String> others = new HashMap<>();
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	@XmlType(propOrder = { "submitted", "documents" })
	public static final class Submission {
		@XmlAnyElement public Element submitted;
		@XmlElement(name = "Document", namespace = XDS) public List<Document> documents = new ArrayList<>();
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	public static final class Document {
		@XmlAttribute public String id;
		@XmlValue @XmlMimeType("application/octet-stream") public DataHandler octets;
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	@XmlType(propOrder = { "repository", "document" })
	public static final class Reference {
		@XmlElement(name = "RepositoryUniqueId", namespace = XDS) public String repository = REPOSITORY;
		@XmlElement(name = "DocumentUniqueId", namespace = XDS) public String document;
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	public static final class Wanted {
		@XmlElement(name = "DocumentRequest", namespace = XDS) public List<Reference> documents = new ArrayList<>();
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	@XmlType(propOrder = { "home", "repository", "document", "media", "octets" })
	public static final class Delivered {
		@XmlElement(name = "HomeCommunityId", namespace = XDS) public String home;
		@XmlElement(name = "RepositoryUniqueId", namespace = XDS) public String repository;
		@XmlElement(name = "DocumentUniqueId", namespace = XDS) public String document;
		@XmlElement(name = "mimeType", namespace = XDS) public String media;
		@XmlElement(name = "Document", namespace = XDS) @XmlMimeType("application/octet-stream") public DataHandler octets;
	}

	@XmlAccessorType(XmlAccessType.FIELD)
	@XmlType(propOrder = { "status", "documents" })
	@XmlRootElement(name = "RetrieveDocumentSetResponse", namespace = XDS)
	public static final class Retrieved {
		@XmlElement(name = "RegistryResponse", namespace = RS) public Status status;
		@XmlElement(name = "DocumentResponse", namespace = XDS) public List<Delivered> documents = new ArrayList<>();
	}

	final String address, stores, submission;
	final String run = Long.toString(System.currentTimeMillis() % 10_000_000_000L);
	int numbers, passed, failed;

	Interop(String[] arguments) throws Exception {
		address = "https://" + arguments[0] + ":" + arguments[1] + "/xds/repository";
		stores = arguments[2];
		submission = Files.readString(Path.of(stores, "submission.xml"));
	}

	/* ---- Counting ---- */

	void must(String what, Callable<Boolean> deed) {
		try {
			if (!deed.call())
				throw new IllegalStateException("it is not so");
			passed++;
			System.out.println("ok   " + what);
		} catch (Throwable fault) {
			failed++;
			System.out.println("FAIL " + what);
			for (Throwable t = fault; t != null; t = t.getCause())
				System.out.println("     " + t.getClass().getSimpleName() + ": " + t.getMessage());
		}
	}

	/* ---- CXF ---- */

	KeyStore store(String name) throws Exception {
		KeyStore read = KeyStore.getInstance("PKCS12");
		try (FileInputStream in = new FileInputStream(stores + "/" + name + ".p12")) {
			read.load(in, PASSWORD.toCharArray());
		}
		return read;
	}

	TLSClientParameters tls(String system) throws Exception {
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		keys.init(store(system), PASSWORD.toCharArray());
		trust.init(store("authorities"));
		TLSClientParameters parameters = new TLSClientParameters();
		parameters.setKeyManagers(keys.getKeyManagers());
		parameters.setTrustManagers(trust.getTrustManagers());
		return parameters;
	}

	Repository repository(String system, boolean mtom, boolean addressing, boolean chunks) throws Exception {
		JaxWsProxyFactoryBean factory = new JaxWsProxyFactoryBean();
		factory.setServiceClass(Repository.class);
		factory.setAddress(address);
		factory.setBindingId(SOAP12);
		if (addressing)
			factory.setFeatures(new ArrayList<Feature>(List.of(new WSAddressingFeature())));
		Map<String, Object> properties = new HashMap<>();
		properties.put("mtom-enabled", mtom);
		factory.setProperties(properties);
		Repository made = (Repository) factory.create();
		Client client = ClientProxy.getClient(made);
		HTTPConduit conduit = (HTTPConduit) client.getConduit();
		HTTPClientPolicy policy = new HTTPClientPolicy();
		policy.setAllowChunking(chunks);
		policy.setChunkingThreshold(1);
		policy.setReceiveTimeout(60_000);
		conduit.setClient(policy);
		conduit.setTlsClientParameters(tls(system));
		return made;
	}

	/* ---- ITI-41 and ITI-43 ---- */

	String fresh() {
		return "2.999.78." + run + "." + ++numbers;
	}

	Submission submission(String uid, byte[] octets) throws Exception {
		DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
		builders.setNamespaceAware(true);
		byte[] text = submission.replace("@uid@", uid).replace("@set@", fresh()).getBytes(StandardCharsets.UTF_8);
		Submission made = new Submission();
		made.submitted = builders.newDocumentBuilder().parse(new ByteArrayInputStream(text)).getDocumentElement();
		Document document = new Document();
		document.id = "d1";
		document.octets = new DataHandler(new ByteArrayDataSource(octets, "application/octet-stream"));
		made.documents.add(document);
		return made;
	}

	boolean roundTrip(Repository with, int size) throws Exception {
		String uid = fresh();
		byte[] octets = new byte[size];
		new Random(size).nextBytes(octets);
		Status status = with.provide(submission(uid, octets));
		if (!status.status.endsWith(":Success"))
			throw new IllegalStateException(status.status);
		Wanted wanted = new Wanted();
		Reference reference = new Reference();
		reference.document = uid;
		wanted.documents.add(reference);
		Retrieved back = with.retrieve(wanted);
		return back.documents.size() == 1
		       && Arrays.equals(octets, back.documents.get(0).octets.getInputStream().readAllBytes());
	}

	/* What the person in front of a Java client reads. */
	String reason(Callable<?> deed) throws Exception {
		try {
			deed.call();
			throw new IllegalStateException("it was taken");
		} catch (WebServiceException refused) {
			StringBuilder said = new StringBuilder();
			for (Throwable t = refused; t != null; t = t.getCause())
				said.append(t.getMessage()).append("; ");
			return said.toString();
		}
	}

	void roundTrips() {
		for (boolean mtom : new boolean[] { true, false })
			for (boolean chunks : new boolean[] { false, true })
				for (int size : new int[] { 10, 100_000, 5_000_000 })
					must("ITI-41 and ITI-43 of " + size + " octets, " + (mtom ? "MTOM" : "inline") + ", "
					     + (chunks ? "in chunks" : "with Content-Length"),
					     () -> roundTrip(repository("a-hospital", mtom, true, chunks), size));
	}

	void refusals() {
		must("without WS-Addressing the person reads what is missing (faults-as-500)", () -> {
			Repository plain = repository("b-clinic", true, false, false);
			return reason(() -> plain.provide(submission(fresh(), new byte[10]))).contains("wsa:Action is missing");
		});
		must("a submission without its document is told in an answer, not by a fault", () -> {
			Submission lacking = submission(fresh(), new byte[10]);
			lacking.documents.clear();
			return repository("a-hospital", true, true, false).provide(lacking).status.endsWith(":Failure");
		});
		must("an unknown document is told", () -> {
			Wanted wanted = new Wanted();
			Reference reference = new Reference();
			reference.document = "2.999.404";
			wanted.documents.add(reference);
			return repository("a-hospital", true, true, true).retrieve(wanted).status.status.endsWith(":Failure");
		});
	}

	public static void main(String[] arguments) throws Exception {
		Interop interop = new Interop(arguments);
		interop.roundTrips();
		interop.refusals();
		System.out.println(interop.passed + " passed, " + interop.failed + " failed, 0 skipped");
		System.exit(interop.failed == 0 ? 0 : 1);
	}
}
