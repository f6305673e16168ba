/* conformance/clients/opensaml/Issuer.java: an X-Assertion Provider (ITI TF-2: 3.40) made of OpenSAML: built, marshalled,
 * canonicalised and signed by nothing of ours. What it says is a map; what is not in it is as it has to be. */
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import javax.xml.namespace.QName;
import org.opensaml.core.config.InitializationService;
import org.opensaml.core.xml.XMLObject;
import org.opensaml.core.xml.config.XMLObjectProviderRegistrySupport;
import org.opensaml.core.xml.schema.XSAny;
import org.opensaml.core.xml.schema.XSString;
import org.opensaml.core.xml.schema.impl.XSAnyBuilder;
import org.opensaml.core.xml.schema.impl.XSStringBuilder;
import org.opensaml.saml.common.SAMLObjectContentReference;
import org.opensaml.saml.saml2.core.*;
import org.opensaml.security.x509.BasicX509Credential;
import org.opensaml.xmlsec.keyinfo.impl.X509KeyInfoGeneratorFactory;
import org.opensaml.xmlsec.signature.KeyInfo;
import org.opensaml.xmlsec.signature.Signature;
import org.opensaml.xmlsec.signature.X509Data;
import org.opensaml.xmlsec.signature.support.SignatureConstants;
import org.opensaml.xmlsec.signature.support.Signer;
import org.w3c.dom.Element;

final class Issuer {
	static final String XSPA = "urn:oasis:names:tc:xspa:1.0:subject:", XACML = "urn:oasis:names:tc:xacml:2.0:";
	static final String ACT_REASON = "2.16.840.1.113883.5.8", SNOMED = "2.16.840.1.113883.6.96";

	final String entity;
	final X509Certificate certificate;
	final PrivateKey key;

	Issuer(String entity, String certificate, String key, String kind) throws Exception {
		InitializationService.initialize();
		this.entity = entity;
		this.certificate = read(certificate);
		this.key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(key))));
	}

	static X509Certificate read(String pem) throws Exception {
		try (InputStream in = Files.newInputStream(Path.of(pem))) {
			return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
		}
	}

	@SuppressWarnings("unchecked")
	static <T extends XMLObject> T build(QName name) {
		return (T) XMLObjectProviderRegistrySupport.getBuilderFactory().getBuilder(name).buildObject(name);
	}

	/* ---- Attributes: security, c.3 ---- */

	static Attribute attribute(String name) {
		Attribute a = build(Attribute.DEFAULT_ELEMENT_NAME);
		a.setName(name);
		a.setNameFormat(Attribute.URI_REFERENCE);
		return a;
	}

	static Attribute text(String name, String value) {
		Attribute a = attribute(name);
		XSString text = new XSStringBuilder().buildObject(AttributeValue.DEFAULT_ELEMENT_NAME, XSString.TYPE_NAME);
		text.setValue(value);
		a.getAttributeValues().add(text);
		return a;
	}

	/* A coded value as HL7 v3 has it, xsi:type and all. */
	static Attribute coded(String name, String element, String code, String system) {
		Attribute a = attribute(name);
		XSAny value = new XSAnyBuilder().buildObject(AttributeValue.DEFAULT_ELEMENT_NAME);
		XSAny ce = new XSAnyBuilder().buildObject("urn:hl7-org:v3", element, "hl7", new QName("urn:hl7-org:v3", "CE", "hl7"));
		ce.getUnknownAttributes().put(new QName("code"), code);
		ce.getUnknownAttributes().put(new QName("codeSystem"), system);
		ce.getUnknownAttributes().put(new QName("displayName"), "表示 <&\">");
		value.getUnknownXMLObjects().add(ce);
		a.getAttributeValues().add(value);
		return a;
	}

	AttributeStatement attributes(Map<String, String> said) {
		AttributeStatement s = build(AttributeStatement.DEFAULT_ELEMENT_NAME);
		s.getAttributes().add(text(XSPA + "subject-id", "表示 太郎"));
		s.getAttributes().add(text(XSPA + "organization", "B診療所"));
		s.getAttributes().add(text(XSPA + "organization-id", said.getOrDefault("organization", "urn:oid:2.999.1.200")));
		s.getAttributes().add(text("urn:ihe:iti:xca:2010:homeCommunityId", "urn:oid:2.999.10"));
		s.getAttributes().add(coded(XACML + "subject:role", "Role", said.getOrDefault("role", "112247003"), SNOMED));
		s.getAttributes().add(coded(XSPA + "purposeofuse", "PurposeOfUse", said.getOrDefault("purpose", "TREAT"), ACT_REASON));
		s.getAttributes().add(text(XSPA + "npi", "1234567890"));
		if (said.containsKey("patient"))
			s.getAttributes().add(text(XACML + "resource:resource-id", said.get("patient")));
		return s;
	}

	/* ---- The assertion ---- */

	static org.opensaml.xmlsec.signature.X509Certificate holder(X509Certificate certificate) throws Exception {
		org.opensaml.xmlsec.signature.X509Certificate c =
			build(org.opensaml.xmlsec.signature.X509Certificate.DEFAULT_ELEMENT_NAME);
		c.setValue(Base64.getEncoder().encodeToString(certificate.getEncoded()));
		return c;
	}

	static SubjectConfirmation confirmation(Map<String, String> said) throws Exception {
		SubjectConfirmation c = build(SubjectConfirmation.DEFAULT_ELEMENT_NAME);
		c.setMethod(SubjectConfirmation.METHOD_BEARER);
		if (said.containsKey("method"))
			c.setMethod(said.get("method"));
		if (!said.containsKey("holder"))
			return c;
		c.setMethod(SubjectConfirmation.METHOD_HOLDER_OF_KEY);
		KeyInfoConfirmationDataType data = (KeyInfoConfirmationDataType) XMLObjectProviderRegistrySupport.getBuilderFactory()
			.getBuilder(KeyInfoConfirmationDataType.TYPE_NAME)
			.buildObject(SubjectConfirmationData.DEFAULT_ELEMENT_NAME, KeyInfoConfirmationDataType.TYPE_NAME);
		KeyInfo info = build(KeyInfo.DEFAULT_ELEMENT_NAME);
		X509Data x509 = build(X509Data.DEFAULT_ELEMENT_NAME);
		x509.getX509Certificates().add(holder(read(said.get("holder"))));
		info.getX509Datas().add(x509);
		data.getKeyInfos().add(info);
		c.setSubjectConfirmationData(data);
		return c;
	}

	static Subject subject(Map<String, String> said) throws Exception {
		Subject s = build(Subject.DEFAULT_ELEMENT_NAME);
		NameID name = build(NameID.DEFAULT_ELEMENT_NAME);
		name.setValue(said.getOrDefault("user", "dr.hyoji"));
		s.setNameID(name);
		s.getSubjectConfirmations().add(confirmation(said));
		return s;
	}

	static Conditions conditions(Map<String, String> said) {
		Conditions c = build(Conditions.DEFAULT_ELEMENT_NAME);
		c.setNotBefore(Instant.now().plusSeconds(Long.parseLong(said.getOrDefault("begin", "-5"))));
		c.setNotOnOrAfter(Instant.now().plusSeconds(Long.parseLong(said.getOrDefault("end", "240"))));
		AudienceRestriction only = build(AudienceRestriction.DEFAULT_ELEMENT_NAME);
		Audience audience = build(Audience.DEFAULT_ELEMENT_NAME);
		audience.setURI(said.getOrDefault("audience", "urn:oid:2.999.1"));
		only.getAudiences().add(audience);
		c.getAudienceRestrictions().add(only);
		return c;
	}

	static AuthnStatement authenticated() {
		AuthnStatement a = build(AuthnStatement.DEFAULT_ELEMENT_NAME);
		AuthnContext context = build(AuthnContext.DEFAULT_ELEMENT_NAME);
		AuthnContextClassRef reference = build(AuthnContextClassRef.DEFAULT_ELEMENT_NAME);
		reference.setURI(AuthnContext.X509_AUTHN_CTX);
		context.setAuthnContextClassRef(reference);
		a.setAuthnContext(context);
		a.setAuthnInstant(Instant.now().minusSeconds(5));
		return a;
	}

	Signature signature(Map<String, String> said) throws Exception {
		Signature s = build(Signature.DEFAULT_ELEMENT_NAME);
		BasicX509Credential credential = new BasicX509Credential(certificate, key);
		s.setSigningCredential(credential);
		s.setSignatureAlgorithm(said.getOrDefault("algorithm", key.getAlgorithm().equals("EC")
							  ? SignatureConstants.ALGO_ID_SIGNATURE_ECDSA_SHA256
							  : SignatureConstants.ALGO_ID_SIGNATURE_RSA_SHA256));
		s.setCanonicalizationAlgorithm(SignatureConstants.ALGO_ID_C14N_EXCL_OMIT_COMMENTS);
		X509KeyInfoGeneratorFactory infos = new X509KeyInfoGeneratorFactory();
		infos.setEmitEntityCertificate(true);
		s.setKeyInfo(infos.newInstance().generate(credential));
		return s;
	}

	/* Signed; as an element of a document of its own. */
	Element issue(Map<String, String> said) throws Exception {
		Assertion a = build(Assertion.DEFAULT_ELEMENT_NAME);
		org.opensaml.saml.saml2.core.Issuer issuer = build(org.opensaml.saml.saml2.core.Issuer.DEFAULT_ELEMENT_NAME);
		issuer.setValue(said.getOrDefault("issuer", entity));
		a.setID("_" + UUID.randomUUID().toString().replace("-", ""));
		a.setIssueInstant(Instant.now());
		a.setIssuer(issuer);
		a.setSubject(subject(said));
		a.setConditions(conditions(said));
		if (!said.containsKey("unauthenticated"))
			a.getAuthnStatements().add(authenticated());
		a.getAttributeStatements().add(attributes(said));
		if (said.containsKey("unsigned"))
			return XMLObjectProviderRegistrySupport.getMarshallerFactory().getMarshaller(a).marshall(a);
		Signature signature = signature(said);
		a.setSignature(signature);
		((SAMLObjectContentReference) signature.getContentReferences().get(0))
			.setDigestAlgorithm(said.getOrDefault("digest", SignatureConstants.ALGO_ID_DIGEST_SHA256));
		Element element = XMLObjectProviderRegistrySupport.getMarshallerFactory().getMarshaller(a).marshall(a);
		Signer.signObject(signature);
		return element;
	}
}
