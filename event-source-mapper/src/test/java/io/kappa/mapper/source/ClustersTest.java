package io.kappa.mapper.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.testkit.SampleMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClustersTest {
    private static final String SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka/orders-AbCdEf";
    private static final EventSource SELF_MANAGED =
            new EventSource.SelfManagedKafka(List.of("a:9092", "b:9092"), List.of("orders"));
    private static final KafkaSettings OWN =
            new KafkaSettings("own:9092", "kappa", -1, true, Map.of("client.dns.lookup", "use_all_dns_ips"));

    @TempDir
    private Path secrets;

    @Test
    void topicsUnderAwsNamesAreOnKappasOwnCluster() {
        var kinesis = new EventSource.Kinesis("arn:aws:kinesis:us-east-1:000000000000:stream/orders", "orders");

        assertThat(clusters(false).client(mapping(kinesis, List.of())))
                .containsEntry("bootstrap.servers", "own:9092")
                .containsEntry("client.dns.lookup", "use_all_dns_ips");
    }

    @Test
    void aSelfManagedClusterIsWhereTheMappingSays() {
        assertThat(clusters(false).client(mapping(SELF_MANAGED, List.of())))
                .isEqualTo(Map.of("bootstrap.servers", "a:9092,b:9092"));
    }

    @Test
    void aManagedClusterIsWhatTheSettingsSayUnderItsName() {
        assertThat(clusters(false).client(mapping(managed("big"), List.of())))
                .isEqualTo(Map.of("bootstrap.servers", "big:9093", "security.protocol", "SSL"));
        assertThatThrownBy(() -> clusters(false).client(mapping(managed("none"), List.of())))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "The cluster 'none' is not configured: mapper.clusters.none.bootstrap.servers says where it is.");
    }

    @Test
    void scramLogsInOverTlsWithTheSecretsUserAndPassword() throws IOException {
        write("kafka_orders", "{\"username\":\"ann\",\"password\":\"a\\\"b\"}");

        assertThat(clusters(false).client(mapping(SELF_MANAGED, access("SASL_SCRAM_512_AUTH"))))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"ann\" "
                                + "password=\"a\\\"b\";");
    }

    @Test
    void plainLogsInWithoutTlsOnlyWhereAnOperatorAllowsIt() throws IOException {
        write("kafka_orders-AbCdEf", "{\"username\":\"ann\",\"password\":\"p\"}");

        assertThat(clusters(false).client(mapping(SELF_MANAGED, access("BASIC_AUTH"))))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN");
        assertThat(clusters(true).client(mapping(SELF_MANAGED, access("BASIC_AUTH"))))
                .containsEntry("security.protocol", "SASL_PLAINTEXT");
    }

    @Test
    void certificatesAreTakenFromSecretsAsTheyStandThere() throws IOException {
        write("kafka_orders", "{\"certificate\":\"CERT\",\"privateKey\":\"KEY\",\"privateKeyPassword\":\"pw\"}");

        assertThat(clusters(false).client(mapping(SELF_MANAGED, access("CLIENT_CERTIFICATE_TLS_AUTH"))))
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.keystore.type", "PEM")
                .containsEntry("ssl.keystore.certificate.chain", "CERT")
                .containsEntry("ssl.keystore.key", "KEY")
                .containsEntry("ssl.key.password", "pw");
        assertThat(clusters(false).client(mapping(SELF_MANAGED, access("SERVER_ROOT_CA_CERTIFICATE"))))
                .containsEntry("ssl.truststore.certificates", "CERT");
    }

    @Test
    void aManagedClusterKeepsItsProtocolWhereTheMappingBringsNoCredentials() {
        assertThat(clusters(true).client(mapping(managed("big"), access("VPC_SUBNET"))))
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void aManagedClusterGetsCredentialsOverTlsUnlessItIsItselfConfiguredToTakeThemWithout() throws IOException {
        write("kafka_orders", "{\"username\":\"ann\",\"password\":\"p\"}");

        assertThat(clusters(true).client(mapping(managed("big"), access("SASL_SCRAM_512_AUTH"))))
                .containsEntry("security.protocol", "SASL_SSL");
        assertThat(clusters(false).client(mapping(managed("bare"), access("SASL_SCRAM_512_AUTH"))))
                .containsEntry("security.protocol", "SASL_PLAINTEXT");
    }

    @Test
    void whatIsWrongWithASecretIsSaidInOneLine() throws IOException {
        assertThatThrownBy(() -> clusters(false).client(mapping(SELF_MANAGED, access("BASIC_AUTH"))))
                .hasMessage("The secret " + SECRET + " has no file 'kafka_orders-AbCdEf' in mapper.secrets-directory.");
        write("kafka_orders", "{}");
        assertThatThrownBy(() -> clusters(false).client(mapping(SELF_MANAGED, access("BASIC_AUTH"))))
                .hasMessage("The secret " + SECRET + " has no 'username'.");
        var elsewhere = List.of(new SourceAccess(
                "BASIC_AUTH", "arn:aws:secretsmanager:us-east-1:000000000000:secret:../../etc/passwd"));
        assertThatThrownBy(() -> clusters(false).client(mapping(SELF_MANAGED, elsewhere)))
                .hasMessageContaining("is not the ARN of a secret");
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(secrets.resolve(name), json);
    }

    private Clusters clusters(boolean unencrypted) {
        return new Clusters(
                OWN,
                new SourceSettings(
                        Map.of(
                                "big.bootstrap.servers", "big:9093",
                                "big.security.protocol", "SSL",
                                "bare.bootstrap.servers", "bare:9092",
                                "bare.security.protocol", "SASL_PLAINTEXT"),
                        secrets,
                        unencrypted));
    }

    private static EventSource managed(String name) {
        return new EventSource.ManagedKafka(
                "arn:aws:kafka:us-east-1:000000000000:cluster/" + name + "/1", name, List.of("orders"));
    }

    private static List<SourceAccess> access(String type) {
        return List.of(new SourceAccess(type, SECRET));
    }

    private static EventSourceMappingRecord mapping(EventSource source, List<SourceAccess> access) {
        return SampleMapping.of(source).access(access).record();
    }
}
