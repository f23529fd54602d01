package io.kappa.mapper.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.handover.Handover;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.mapping.Pollers;
import io.kappa.mapper.mapping.RetrySettings;
import io.kappa.mapper.queue.QueueSettings;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.skip.Skips;
import io.kappa.mapper.stream.StreamListener;
import io.kappa.mapper.stream.StreamSettings;
import io.kappa.testkit.CertificateAuthority;
import io.kappa.testkit.CertificateAuthority.Encryption;
import io.kappa.testkit.SecuredKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources on a cluster that asks who comes: a real broker, and everything that is between a mapping's secrets and its function. */
@Timeout(60)
class SecuredSourcesIT {
    private static final String USER = "ann";
    private static final String PASSWORD = "it's \"quoted\" \\ and; more=";
    private static final CertificateAuthority AUTHORITY = new CertificateAuthority("authority of the tests");
    private static final CertificateAuthority STRANGER = new CertificateAuthority("somebody else");
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final InvokeOutcome FINE = new InvokeOutcome.Answered("$LATEST", "{}".getBytes(UTF_8));
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static SecuredKafka broker;

    @TempDir
    private Path secrets;

    private KafkaSettings own;
    private String topic;
    private final String group = UUID.randomUUID().toString();
    private final BlockingQueue<String> delivered = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
    private final List<SourceAccess> access = new ArrayList<>();
    private final Lifecycle lifecycle = new Lifecycle();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    /** What becomes of a batch. */
    private volatile Supplier<CompletableFuture<InvokeOutcome>> function =
            () -> CompletableFuture.completedFuture(FINE);

    @BeforeAll
    static void startBroker() throws Exception {
        broker = SecuredKafka.start(data, AUTHORITY, Map.of(USER, PASSWORD));
        broker.scramUser(USER, ScramMechanism.SCRAM_SHA_256, PASSWORD);
        broker.scramUser(USER, ScramMechanism.SCRAM_SHA_512, PASSWORD);
    }

    @AfterAll
    static void stopBroker() throws IOException {
        broker.close();
    }

    @BeforeEach
    void aTopicThatTheUserMayRead() throws Exception {
        own = broker.open();
        topic = own.topicPrefix() + "-orders";
        var topics = new ArrayList<Topics.Wanted>();
        for (var platform : List.of(Topic.MAPPINGS_CHECKPOINTS, Topic.MAPPINGS_COMMANDS, Topic.DEAD_LETTERS_RECORDS)) {
            topics.add(new Topics.Wanted(
                    platform.name(own.topicPrefix()), platform.partitions(), platform.configuration()));
        }
        topics.add(new Topics.Wanted(topic, 1, Map.of()));
        Topics.ensure(own, topics);
        broker.permit(USER, AclOperation.READ, ResourceType.TOPIC, topic);
        broker.permit(USER, AclOperation.READ, ResourceType.GROUP, group);
        produce("a");
    }

    @AfterEach
    void close() {
        lifecycle.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH"})
    void aUserLogsInOverTlsWhereTheAuthorityComesFromASecret(String type) throws Exception {
        // given
        login(type, PASSWORD);
        trust(AUTHORITY);
        // when
        read(SecurityProtocol.SASL_SSL);
        // then
        assertDelivered("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH"})
    void aUserLogsInWithoutTlsWhereAnOperatorAllowsIt(String type) throws Exception {
        // given
        login(type, PASSWORD);
        // when
        read(SecurityProtocol.SASL_PLAINTEXT);
        // then
        assertDelivered("a");
    }

    @Test
    void aClientShowsItsCertificateWithTheChainToTheAuthority() throws Exception {
        // given
        var identity = AUTHORITY.issue(USER);
        certificate(Map.of("certificate", identity.certificates(), "privateKey", identity.privateKey()));
        trust(AUTHORITY);
        // when
        read(SecurityProtocol.SSL);
        // then
        assertDelivered("a");
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void aPrivateKeyMayBeEncrypted(Encryption encryption) throws Exception {
        // given
        encryptedCertificate(encryption, "secret");
        trust(AUTHORITY);
        // when
        read(SecurityProtocol.SSL);
        // then
        assertDelivered("a");
    }

    @Test
    void whatIsGivenUpGoesToATopicOfTheSecuredClusterByTheSameSecret() throws Exception {
        // given
        var failures = topic + "-failed";
        Topics.ensure(own, List.of(new Topics.Wanted(failures, 1, Map.of())));
        broker.permit(USER, AclOperation.WRITE, ResourceType.TOPIC, failures);
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        function = () ->
                CompletableFuture.completedFuture(new InvokeOutcome.FunctionFailed("$LATEST", "Error", "poisonous"));
        // when
        read(SecurityProtocol.SASL_SSL, "kafka://" + failures);
        // then
        assertThat(first(failures).path("requestContext").path("condition").asText())
                .isEqualTo("RetriesExhausted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BASIC_AUTH", "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH"})
    void aWrongPasswordIsSaidAndTheMappingGoesOnOnceTheSecretIsMended(String type) throws Exception {
        // given
        login(type, "wrong");
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
        // when
        login(type, PASSWORD);
        // then
        assertDelivered("a");
        assertResult("OK");
    }

    @Test
    void aSecretThatIsGoneIsSaidAndReadOnceItIsThereAgain() throws Exception {
        // given
        login("SASL_SCRAM_512_AUTH", "wrong");
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
        // when
        Files.delete(secrets.resolve("login"));
        // then
        assertResult("PROBLEM: ESM_CONFIG_NOT_VALID: The secret ");
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        assertDelivered("a");
    }

    @Test
    void aBrokerOfAnotherAuthorityIsNotTrustedUntilTheSecretHasTheRightOne() throws Exception {
        // given
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(STRANGER);
        read(SecurityProtocol.SASL_SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
        // when
        trust(AUTHORITY);
        // then
        assertDelivered("a");
    }

    @Test
    void aBrokerWhoseCertificateIsForAnotherHostIsNotTrusted() throws Exception {
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        read(broker.bootstrapServers(SecurityProtocol.SASL_SSL).replace("127.0.0.1", "localhost"), null);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefusedUntilTheSecretHasTheRightOne() throws Exception {
        // given
        var stranger = STRANGER.issue(USER);
        certificate(Map.of("certificate", stranger.certificates(), "privateKey", stranger.privateKey()));
        trust(AUTHORITY);
        read(SecurityProtocol.SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
        // when
        var identity = AUTHORITY.issue(USER);
        certificate(Map.of("certificate", identity.certificates(), "privateKey", identity.privateKey()));
        // then
        assertDelivered("a");
    }

    @Test
    void whoShowsNoCertificateIsRefused() throws Exception {
        trust(AUTHORITY);
        read(SecurityProtocol.SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHN_ERROR: ");
    }

    @Test
    void aPrivateKeyThatCannotBeReadIsSaidUntilItsPasswordIsMended() throws Exception {
        // given
        encryptedCertificate(Encryption.PBES2, "wrong");
        trust(AUTHORITY);
        read(SecurityProtocol.SSL);
        assertResult("PROBLEM: ESM_CONFIG_NOT_VALID: Invalid PEM keystore configs");
        // when
        encryptedCertificate(Encryption.PBES2, "secret");
        // then
        assertDelivered("a");
    }

    @Test
    void aUserWithoutTheRightToTheTopicIsSaidAndTheMappingGoesOnOnceItIsGiven() throws Exception {
        // given
        broker.forbid(USER, AclOperation.READ, ResourceType.TOPIC, topic);
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHZ_ERROR: ");
        // when
        broker.permit(USER, AclOperation.READ, ResourceType.TOPIC, topic);
        // then
        assertDelivered("a");
    }

    @Test
    void aUserWithoutTheRightToTheGroupIsSaidAndTheMappingGoesOnOnceItIsGiven() throws Exception {
        // given
        broker.forbid(USER, AclOperation.READ, ResourceType.GROUP, group);
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHZ_ERROR: ");
        // when
        broker.permit(USER, AclOperation.READ, ResourceType.GROUP, group);
        // then
        assertDelivered("a");
    }

    @Test
    void aRightThatIsTakenAwayWhileTheTopicIsReadIsMissedAndTheMappingGoesOnOnceItIsBack() throws Exception {
        // given
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertDelivered("a");
        // when
        broker.forbid(USER, AclOperation.READ, ResourceType.TOPIC, topic);
        // then
        assertResult("PROBLEM: EVENT_SOURCE_AUTHZ_ERROR: ");
        produce("b");
        broker.permit(USER, AclOperation.READ, ResourceType.TOPIC, topic);
        assertDelivered("b");
    }

    @Test
    void whatIsDeliveredAgainBecauseItCouldNotBeCommittedIsCounted() throws Exception {
        // given
        var answer = new CompletableFuture<InvokeOutcome>();
        function = () -> answer;
        login("SASL_SCRAM_512_AUTH", PASSWORD);
        trust(AUTHORITY);
        read(SecurityProtocol.SASL_SSL);
        assertDelivered("a");
        // when
        broker.forbid(USER, AclOperation.READ, ResourceType.GROUP, group);
        answer.complete(FINE);
        assertResult("PROBLEM: EVENT_SOURCE_AUTHZ_ERROR: ");
        broker.permit(USER, AclOperation.READ, ResourceType.GROUP, group);
        // then
        assertDelivered("a");
        assertThat(metrics.get("kappa.mapping.repeated.event.count").counter().count())
                .isEqualTo(1);
    }

    private void login(String type, String password) throws IOException {
        access("login", type, Map.of("username", USER, "password", password));
    }

    private void trust(CertificateAuthority authority) throws IOException {
        access("authority", "SERVER_ROOT_CA_CERTIFICATE", Map.of("certificate", authority.certificate()));
    }

    private void certificate(Map<String, String> secret) throws IOException {
        access("identity", "CLIENT_CERTIFICATE_TLS_AUTH", secret);
    }

    private void encryptedCertificate(Encryption encryption, String password) throws IOException {
        var identity = AUTHORITY.issue(USER);
        certificate(Map.of(
                "certificate", identity.certificates(),
                "privateKey", identity.privateKey("secret", encryption),
                "privateKeyPassword", password));
    }

    /** Writes a secret that the mapping names, as an operator does: in one go. */
    private void access(String name, String type, Map<String, String> secret) throws IOException {
        var draft = Files.write(secrets.resolve(name + ".draft"), JSON.writeValueAsBytes(secret));
        Files.move(draft, secrets.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        var one = new SourceAccess(type, "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name);
        if (!access.contains(one)) {
            access.add(one);
        }
    }

    private void read(SecurityProtocol listener) {
        read(listener, null);
    }

    private void read(SecurityProtocol listener, @Nullable String onFailure) {
        read(broker.bootstrapServers(listener), onFailure);
    }

    private void read(String servers, @Nullable String onFailure) {
        var workers = lifecycle.own(Executors.newVirtualThreadPerTaskExecutor());
        var handover = lifecycle.own(
                new Handover(own, new ObjectStorage(ObjectStorageSettings.from(new Settings(Map.of()))), metrics));
        var checkpoints = lifecycle.own(new Checkpoints(own));
        var skips = lifecycle.own(new Skips(own));
        checkpoints.caughtUp().join();
        skips.caughtUp().join();
        var settings = new Settings(Map.of());
        var soon = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500));
        var pollers = new Pollers(
                new RegistryView(),
                new Clusters(own, new SourceSettings(Map.of(), secrets, true)),
                new RetrySettings(soon, soon, Duration.ofMinutes(2), 16),
                new StreamSettings(StreamSettings.Protocol.AUTO, Optional.empty(), Duration.ofSeconds(5), soon),
                QueueSettings.from(settings),
                checkpoints,
                skips,
                (_, event, _) -> {
                    delivered.addAll(values(event));
                    return function.get();
                },
                handover,
                metrics,
                workers,
                Clock.systemUTC());
        lifecycle.own(pollers.start(mapping(servers, onFailure), new StreamListener() {
            @Override
            public void reading() {}

            @Override
            public void broken(String reason) {
                results.add("broken: " + reason);
            }

            @Override
            public void result(String lastProcessingResult) {
                results.add(lastProcessingResult);
            }
        }));
    }

    private EventSourceMappingRecord mapping(String servers, @Nullable String onFailure) {
        var options = new Options(
                10,
                0,
                StartingPosition.TRIM_HORIZON,
                null,
                1,
                List.of(),
                0,
                Options.UNLIMITED,
                false,
                0,
                false,
                onFailure,
                null,
                null,
                null,
                null);
        return new EventSourceMappingRecord(
                new MappingId("us-east-1", "000000000000", group),
                1,
                InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:ship"),
                new EventSource.SelfManagedKafka(List.of(servers), List.of(topic)),
                access,
                group,
                true,
                State.Creating,
                "User action",
                Instant.EPOCH,
                null,
                options,
                Map.of());
    }

    private static List<String> values(byte[] event) {
        try {
            var values = new ArrayList<String>();
            for (var shard : JSON.readTree(event).get("records")) {
                for (var record : shard) {
                    values.add(new String(
                            Base64.getDecoder().decode(record.get("value").asText()), UTF_8));
                }
            }
            return values;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void produce(String value) throws Exception {
        try (var producer =
                new KafkaProducer<>(own.durableProducerProperties(), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private JsonNode first(String name) throws IOException {
        var partition = new TopicPartition(name, 0);
        try (var consumer =
                new KafkaConsumer<>(own.clientProperties(), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                var records = consumer.poll(PATIENCE);
                if (!records.isEmpty()) {
                    return JSON.readTree(records.iterator().next().value());
                }
            }
        }
    }

    private void assertDelivered(String value) throws InterruptedException {
        assertThat(delivered.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("delivered; results were %s", results)
                .isEqualTo(value);
    }

    /** Among what has not been asked for yet. */
    private void assertResult(String beginning) throws InterruptedException {
        var others = new ArrayList<String>();
        while (true) {
            var result = results.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(result)
                    .as("a result that begins with '%s' after %s", beginning, others)
                    .isNotNull();
            if (result.startsWith(beginning)) {
                return;
            }
            others.add(result);
        }
    }
}
