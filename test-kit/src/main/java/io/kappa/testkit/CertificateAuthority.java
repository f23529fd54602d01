package io.kappa.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A certificate authority that no trust store of Java knows. Issues through one in between, as those of companies do; all of it in PEM. */
public final class CertificateAuthority {
    private final X509Bundle root;
    private final X509Bundle between;

    /** What somebody shows: a certificate with the chain to the authority, and the private key to it. */
    public static final class Identity {
        private final X509Bundle bundle;

        private Identity(X509Bundle bundle) {
            this.bundle = bundle;
        }

        /** The certificate, and the one of who issued it. */
        public String certificates() {
            return bundle.getCertificatePathPEM();
        }

        public String privateKey() {
            return bundle.getPrivateKeyPEM();
        }

        /** The same, under a password. */
        public String privateKey(String password, Encryption encryption) {
            try {
                var algorithm = encryption.algorithm;
                var key =
                        SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
                var cipher = Cipher.getInstance(algorithm);
                cipher.init(Cipher.ENCRYPT_MODE, key);
                var parameters = AlgorithmParameters.getInstance(encryption.named);
                parameters.init(cipher.getParameters().getEncoded());
                var encrypted = cipher.doFinal(bundle.getKeyPair().getPrivate().getEncoded());
                var encoded = new EncryptedPrivateKeyInfo(parameters, encrypted).getEncoded();
                return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(encoded)
                        + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException("a key could not be encrypted", e);
            }
        }
    }

    /** How private keys are encrypted in PKCS #8. */
    public enum Encryption {
        /** Of old; what Lambda calls PBES1. */
        PBES1("PBEWithSHA1AndDESede", "PBEWithSHA1AndDESede"),
        /** What {@code openssl pkcs8 -topk8} makes. */
        PBES2("PBEWithHmacSHA256AndAES_256", "PBES2");

        private final String algorithm;
        private final String named;

        /** @param named what a file calls the algorithm, which then says the rest by its parameters */
        Encryption(String algorithm, String named) {
            this.algorithm = algorithm;
            this.named = named;
        }
    }

    public CertificateAuthority(String name) {
        try {
            root = new CertificateBuilder()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            between = new CertificateBuilder()
                    .subject("CN=issuer of " + name)
                    .setIsCertificateAuthority(true)
                    .buildIssuedBy(root);
        } catch (Exception e) {
            throw new IllegalStateException("no authority could be made", e);
        }
    }

    /** The authority's own certificate, for those who are to trust it. */
    public String certificate() {
        return root.getRootCertificatePEM();
    }

    /** Issues a certificate for a client, or for a server at 127.0.0.1, which is not also known as localhost. */
    public Identity issue(String commonName) {
        try {
            return new Identity(new CertificateBuilder()
                    .subject("CN=" + commonName)
                    .addSanIpAddress("127.0.0.1")
                    .addExtendedKeyUsageServerAuth()
                    .addExtendedKeyUsageClientAuth()
                    .buildIssuedBy(between));
        } catch (Exception e) {
            throw new IllegalStateException("no certificate could be issued to " + commonName, e);
        }
    }
}
