package io.kappa.mapper.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds out how a mapping's cluster is reached. Topics under names of Kinesis, DynamoDB and SQS are on Kappa's own cluster; a name of MSK is a
 * cluster in the settings; a self-managed cluster is named by the mapping, which also says by which secrets it authenticates.
 *
 * <p>A secret is a file in the secrets' directory, named as the secret is, with the JSON that Lambda expects of it: {@code username} and
 * {@code password}, or {@code certificate}, {@code privateKey} and perhaps {@code privateKeyPassword} in PEM.
 */
public final class Clusters {
    private static final Pattern SECRET =
            Pattern.compile("arn:aws[a-zA-Z-]*:secretsmanager:[a-z0-9-]+:\\d{12}:secret:([a-zA-Z0-9/_+=.@-]+)");
    private static final Pattern RANDOM_SUFFIX = Pattern.compile("-[a-zA-Z0-9]{6}$");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaSettings own;
    private final SourceSettings settings;

    public Clusters(KafkaSettings own, SourceSettings settings) {
        this.own = own;
        this.settings = settings;
    }

    /**
     * Settings of clients for a mapping's cluster, by Kafka's own names. The caller may add to the map.
     *
     * @throws SourceException where they cannot be found
     */
    public Map<String, Object> client(EventSourceMappingRecord mapping) {
        var client = switch (mapping.source()) {
            case EventSource.Kinesis _, EventSource.DynamoDb _, EventSource.Queue _ -> own.clientProperties();
            case EventSource.ManagedKafka kafka -> configured(kafka);
            case EventSource.SelfManagedKafka kafka -> {
                Map<String, Object> properties = new HashMap<>();
                properties.put("bootstrap.servers", String.join(",", kafka.bootstrapServers()));
                yield properties;
            }
        };
        client.putAll(access(mapping.access(), mayGoBare(mapping.source(), client)));
        return client;
    }

    /** The servers as an event shows them. */
    public String bootstrapServers(EventSourceMappingRecord mapping) {
        return String.valueOf(client(mapping).get("bootstrap.servers"));
    }

    private Map<String, Object> configured(EventSource.ManagedKafka kafka) {
        var prefix = kafka.cluster() + ".";
        var properties = new HashMap<String, Object>();
        settings.clusters().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                properties.put(key.substring(prefix.length()), value);
            }
        });
        if (!properties.containsKey("bootstrap.servers")) {
            throw new SourceException("The cluster '" + kafka.cluster() + "' is not configured: mapper.clusters."
                    + prefix + "bootstrap.servers says where it is.");
        }
        return properties;
    }

    /** As with Lambda, credentials go over TLS, unless an operator says that they need not. */
    private boolean mayGoBare(EventSource source, Map<String, Object> client) {
        return source instanceof EventSource.SelfManagedKafka
                ? settings.unencrypted()
                : "SASL_PLAINTEXT".equals(client.get("security.protocol"));
    }

    /** @param mayGoBare whether credentials may be sent without TLS where no certificate asks for it */
    private Map<String, String> access(List<SourceAccess> access, boolean mayGoBare) {
        var properties = new HashMap<String, String>();
        String login = null;
        String mechanism = null;
        boolean encrypted = false;
        for (var one : access) {
            switch (one.type()) {
                case "BASIC_AUTH" -> {
                    mechanism = "PLAIN";
                    login = login("org.apache.kafka.common.security.plain.PlainLoginModule", one);
                }
                case "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH" -> {
                    mechanism = one.type().contains("256") ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
                    login = login("org.apache.kafka.common.security.scram.ScramLoginModule", one);
                }
                case "CLIENT_CERTIFICATE_TLS_AUTH" -> {
                    encrypted = true;
                    var secret = secret(one);
                    properties.put("ssl.keystore.type", "PEM");
                    properties.put("ssl.keystore.certificate.chain", text(one, secret, "certificate"));
                    properties.put("ssl.keystore.key", text(one, secret, "privateKey"));
                    if (secret.hasNonNull("privateKeyPassword")) {
                        properties.put(
                                "ssl.key.password",
                                secret.get("privateKeyPassword").asText());
                    }
                }
                case "SERVER_ROOT_CA_CERTIFICATE" -> {
                    encrypted = true;
                    properties.put("ssl.truststore.type", "PEM");
                    properties.put("ssl.truststore.certificates", text(one, secret(one), "certificate"));
                }
                case "VPC_SUBNET", "VPC_SECURITY_GROUP" -> {} // There is no network of AWS to enter.
                default -> throw new SourceException("Access by " + one.type() + " is not known for Kafka.");
            }
        }
        if (mechanism != null && login != null) {
            properties.put("sasl.mechanism", mechanism);
            properties.put("sasl.jaas.config", login);
        }
        if (mechanism != null) {
            properties.put("security.protocol", encrypted || !mayGoBare ? "SASL_SSL" : "SASL_PLAINTEXT");
        } else if (encrypted) {
            properties.put("security.protocol", "SSL");
        }
        return properties;
    }

    private String login(String module, SourceAccess access) {
        var secret = secret(access);
        return module + " required username=\"" + quoted(text(access, secret, "username")) + "\" password=\""
                + quoted(text(access, secret, "password")) + "\";";
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String text(SourceAccess access, JsonNode secret, String member) {
        if (!secret.path(member).isTextual()) {
            throw new SourceException("The secret " + access.uri() + " has no '" + member + "'.");
        }
        return secret.get(member).asText();
    }

    /** Secrets Manager ends its ARNs with six random characters, which the file's name may leave out. */
    private JsonNode secret(SourceAccess access) {
        var arn = SECRET.matcher(access.uri());
        if (!arn.matches()) {
            throw new SourceException(access.uri() + " is not the ARN of a secret.");
        }
        var name = arn.group(1).replace('/', '_');
        if (name.contains("..")) {
            throw new SourceException(access.uri() + " is not the ARN of a secret.");
        }
        var directory = settings.secrets();
        for (var candidate : List.of(name, RANDOM_SUFFIX.matcher(name).replaceFirst(""))) {
            var file = directory.resolve(candidate);
            if (Files.isRegularFile(file)) {
                try {
                    return JSON.readTree(Files.readAllBytes(file));
                } catch (IOException e) {
                    throw new SourceException("The secret " + access.uri() + " cannot be read: its file is not JSON.");
                }
            }
        }
        throw new SourceException(
                "The secret " + access.uri() + " has no file '" + name + "' in mapper.secrets-directory.");
    }
}
