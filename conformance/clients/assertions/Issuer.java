// conformance/clients/assertions/Issuer.java: an X-Assertion Provider made of what the JDK brings
// (javax.xml.crypto, Apache Santuario): canonicalised and signed by nothing of ours.
//
// Issuer KEY.der CERTIFICATE.pem KEY-ALGORITHM SIGNATURE-ALGORITHM DIGEST: the Security header of
// standard input, with its assertion signed, on standard output.

import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.ExcC14NParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public final class Issuer {
	private static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";

	public static void main(String[] words) throws Exception {
		PrivateKey key = KeyFactory.getInstance(words[2]).generatePrivate(
			new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(words[0]))));
		Certificate certificate = CertificateFactory.getInstance("X.509")
			.generateCertificate(new FileInputStream(words[1]));
		DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
		builders.setNamespaceAware(true);
		Document document = builders.newDocumentBuilder().parse(System.in);
		sign((Element) document.getElementsByTagNameNS(SAML, "Assertion").item(0), key,
			certificate, words[3], words[4]);
		Transformer writer = TransformerFactory.newInstance().newTransformer();
		writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
		writer.transform(new DOMSource(document), new StreamResult(System.out));
	}

	private static void sign(Element assertion, PrivateKey key, Certificate certificate,
			String method, String digest) throws Exception {
		XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
		assertion.setIdAttribute("ID", true);
		Reference reference = signatures.newReference("#" + assertion.getAttribute("ID"),
			signatures.newDigestMethod(digest, null),
			List.of(signatures.newTransform(Transform.ENVELOPED,
					(TransformParameterSpec) null),
				signatures.newTransform(CanonicalizationMethod.EXCLUSIVE,
					new ExcC14NParameterSpec(List.of("xs")))), null, null);
		SignedInfo info = signatures.newSignedInfo(
			signatures.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE,
				(C14NMethodParameterSpec) null),
			signatures.newSignatureMethod(method, null), List.of(reference));
		KeyInfoFactory infos = signatures.getKeyInfoFactory();
		KeyInfo brought = infos.newKeyInfo(List.of(infos.newX509Data(List.of(certificate))));
		DOMSignContext context = new DOMSignContext(key, assertion,
			assertion.getElementsByTagNameNS(SAML, "Subject").item(0));
		context.setDefaultNamespacePrefix("ds");
		signatures.newXMLSignature(info, brought).sign(context);
	}

	private Issuer() {
	}
}
