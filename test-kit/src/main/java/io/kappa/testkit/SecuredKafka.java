package io.kappa.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.kafka.BrokerPlan;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * A real Kafka broker in this JVM that asks who comes: by user name and password with or without TLS, and by a client's certificate. Whoever has
 * been let in may do what was permitted, and nothing else. Tests themselves come in by a door that is open.
 */
public final class SecuredKafka implements AutoCloseable {
    private static final String PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    private static final String SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    private static final List<SecurityProtocol> LISTENERS =
            List.of(SecurityProtocol.SASL_PLAINTEXT, SecurityProtocol.SASL_SSL, SecurityProtocol.SSL);
    private static final int ITERATIONS = 4096;
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final EmbeddedKafka kafka;
    private final Admin admin;

    private SecuredKafka(EmbeddedKafka kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /**
     * Starts a broker.
     *
     * @param authority that the broker is certified by, and trusts to certify clients
     * @param plainUsers who may log in by PLAIN, with their passwords
     */
    public static SecuredKafka start(Path data, CertificateAuthority authority, Map<String, String> plainUsers)
            throws IOException {
        var properties = new HashMap<String, String>();
        logins(properties, plainUsers);
        certificates(properties, authority);
        properties.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        properties.put("super.users", "User:ANONYMOUS"); // Who comes in by the open door.
        return new SecuredKafka(EmbeddedKafka.start(data, new BrokerPlan(0, LISTENERS, Optional.empty(), properties)));
    }

    private static void logins(Map<String, String> properties, Map<String, String> plainUsers) {
        var users = plainUsers.entrySet().stream()
                .map(user -> " user_" + user.getKey() + "=\"" + quoted(user.getValue()) + "\"")
                .collect(Collectors.joining());
        properties.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
        for (var listener : List.of("sasl_plaintext", "sasl_ssl")) {
            var prefix = "listener.name." + listener + ".";
            properties.put(prefix + "plain.sasl.jaas.config", PLAIN_LOGIN + users + ";");
            properties.put(prefix + "scram-sha-256.sasl.jaas.config", SCRAM_LOGIN);
            properties.put(prefix + "scram-sha-512.sasl.jaas.config", SCRAM_LOGIN);
        }
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static void certificates(Map<String, String> properties, CertificateAuthority authority) {
        var identity = authority.issue("broker");
        properties.put("ssl.keystore.type", "PEM");
        properties.put("ssl.keystore.certificate.chain", identity.certificates());
        properties.put("ssl.keystore.key", identity.privateKey());
        properties.put("ssl.truststore.type", "PEM");
        properties.put("ssl.truststore.certificates", authority.certificate());
        properties.put("listener.name.ssl.ssl.client.auth", "required");
        properties.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/");
    }

    /** How tests come in, with a topic prefix that nobody has had before. */
    public KafkaSettings open() {
        return new KafkaSettings(kafka.bootstrapServers(), "secured-" + PREFIXES.incrementAndGet(), -1, true, Map.of());
    }

    /** Where others have to come in. */
    public String bootstrapServers(SecurityProtocol listener) {
        return kafka.bootstrapServers(listener);
    }

    /** Makes somebody a user with this password, or gives a user this one instead. */
    public void scramUser(String user, ScramMechanism mechanism, String password)
            throws InterruptedException, ExecutionException {
        var credential = new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(mechanism, ITERATIONS), password.getBytes(UTF_8));
        admin.alterUserScramCredentials(List.of(credential)).all().get();
    }

    /** Permits somebody something about one topic or group. */
    public void permit(String user, AclOperation operation, ResourceType kind, String name)
            throws InterruptedException, ExecutionException {
        var permission = permission(user, operation, kind, name);
        admin.createAcls(List.of(permission)).all().get();
        awaitInForce(permission, true);
    }

    /** What was permitted, is so no longer. */
    public void forbid(String user, AclOperation operation, ResourceType kind, String name)
            throws InterruptedException, ExecutionException {
        var permission = permission(user, operation, kind, name);
        admin.deleteAcls(List.of(permission.toFilter())).all().get();
        awaitInForce(permission, false);
    }

    /** The controller has decided by now; the broker acts on it a moment later. */
    private void awaitInForce(AclBinding permission, boolean permitted)
            throws InterruptedException, ExecutionException {
        while (admin.describeAcls(permission.toFilter()).values().get().isEmpty() == permitted) {
            Thread.onSpinWait();
        }
    }

    private static AclBinding permission(String user, AclOperation operation, ResourceType kind, String name) {
        return new AclBinding(
                new ResourcePattern(kind, name, PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    @Override
    public void close() throws IOException {
        admin.close();
        kafka.close();
    }
}
