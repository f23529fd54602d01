package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.latest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.ChunkReader;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.testkit.KafkaInThisJvm;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class KafkaRegistryIT {
    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Lifecycle lifecycle = new Lifecycle();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    private static CodePackage packageOf(VersionRecord version) {
        return (CodePackage) version.requested().code();
    }

    @Test
    void whoeverCreatesAFunctionReadsItAtOnceAndSeesItBecomeActive() throws Exception {
        // given
        var registry = start("a", lifecycle);
        // when
        var made = created(registry, GREET, zip(1));
        // then
        assertThat(registry.view().function(GREET)).isPresent();
        assertThat(made.state()).isEqualTo(VersionRecord.State.CREATING);
        become(registry, 3); // function, $LATEST, and $LATEST again
        assertThat(registry.view().version(latest(GREET)).orElseThrow().state()).isEqualTo(VersionRecord.State.ACTIVE);
    }

    @Test
    void refusalsReachWhoeverAsked() throws Exception {
        var registry = start("a", lifecycle);

        assertThat(done(registry.submit(new DeleteFunction(GREET, null))))
                .isEqualTo(new RegistryAnswer.Refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }

    @Test
    void whatIsConfiguredOutlivesTheRouter() throws Exception {
        // given
        var first = new Lifecycle();
        var before = start("a", first);
        created(before, GREET, zip(1));
        become(before, 3);
        var recorded = before.view().version(latest(GREET)).orElseThrow();
        first.close();
        // when
        var again = new Lifecycle();
        var after = start("a", again);
        // then
        become(after, 3);
        assertThat(after.view().version(latest(GREET))).contains(recorded);
        assertThat(done(after.submit(Samples.create(GREET, packageOf(recorded)))))
                .isEqualTo(new RegistryAnswer.Refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
        again.close();
    }

    @Test
    void whatIsConfiguredOutlivesTheRoutersDiskAsWell() throws Exception {
        // given
        var first = new Lifecycle();
        var before = start("a", first);
        var made = created(before, GREET, zip(1));
        first.close();
        // when
        var after = start("b", lifecycle);
        // then
        assertThat(done(after.submit(Samples.create(GREET, packageOf(made)))))
                .isEqualTo(new RegistryAnswer.Refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
        become(after, 3);
    }

    @Test
    void eventInvokeConfigsAndReservationsOutliveTheRouterAndGoWithTheFunction() throws Exception {
        // given
        var first = new Lifecycle();
        var before = start("a", first);
        created(before, GREET, zip(1));
        var change = new EventInvokeChange(1, null, null, "kafka://failed");
        var put = done(before.submit(new RegistryCommand.PutFunctionEventInvokeConfig(GREET, "$LATEST", change)));
        done(before.submit(new RegistryCommand.PutFunctionConcurrency(GREET, 7)));
        var config = before.view().function(GREET).orElseThrow().eventInvokeConfig("$LATEST");
        assertThat(put).isEqualTo(RegistryAnswer.Done.with(config.orElseThrow()));
        first.close();
        // when
        var after = start("b", lifecycle);
        var update = new RegistryCommand.UpdateFunctionEventInvokeConfig(
                GREET, "$LATEST", new EventInvokeChange(null, 60, null, null));
        // then
        assertThat(done(after.submit(update))).isInstanceOf(RegistryAnswer.Done.class);
        var function = after.view().function(GREET).orElseThrow();
        assertThat(function.function().reservedConcurrency()).isEqualTo(7);
        assertThat(function.eventInvokeConfig("$LATEST").orElseThrow().onFailure())
                .isEqualTo("kafka://failed");
        done(after.submit(new DeleteFunction(GREET, null)));
        created(after, GREET, zip(1));
        assertThat(after.view().function(GREET).orElseThrow().eventInvokeConfigs())
                .isEmpty();
    }

    @Test
    void routersSeeOneAnothersChanges() throws Exception {
        // given
        var one = start("a", lifecycle);
        var other = start("b", lifecycle);
        // when
        created(one, GREET, zip(1));
        created(other, PART, zip(2));
        // then
        become(one, 6);
        become(other, 6);
        assertThat(one.view().functions()).isEqualTo(other.view().functions()).hasSize(2);
    }

    @Test
    void anotherRouterTakesOverWhenTheOwnerLeaves() throws Exception {
        // given
        var first = new Lifecycle();
        var owner = start("a", first);
        created(owner, GREET, zip(1));
        var other = start("b", lifecycle);
        // when
        first.close();
        // then
        created(other, PART, zip(2));
        assertThat(other.view().functions()).hasSize(2);
    }

    @Test
    void aCommandAskedTwiceIsDoneOnce() throws Exception {
        // given
        var registry = start("a", lifecycle);
        created(registry, GREET, zip(1));
        become(registry, 3);
        var ask = RecordCodec.of(CommandRecord.class)
                .encode(new CommandRecord.Ask(
                        "11111111-1111-1111-1111-111111111111",
                        Instant.now(),
                        new RegistryCommand.UpdateFunctionConfiguration(GREET, Samples.described("once"), null)));
        // when
        write(Topic.REGISTRY_COMMANDS, ACCOUNT, ask);
        become(registry, 5); // InProgress, Successful: now it would be done again
        write(Topic.REGISTRY_COMMANDS, ACCOUNT, ask);
        // then
        done(registry.submit(new DeleteFunction(GREET, null)));
        assertThat(versionsOf(GREET))
                .extracting(version -> version.requested().generation())
                .containsExactly(1L, 1L, 2L, 2L);
    }

    @Test
    void whatIsNoCommandStopsNothing() throws Exception {
        // given
        var registry = start("a", lifecycle);
        // when
        write(Topic.REGISTRY_COMMANDS, ACCOUNT, new byte[] {1, 2, 3});
        write(Topic.REGISTRY_COMMANDS, ACCOUNT, "{\"kind\":\"dance\",\"v\":9,\"id\":\"x\"}".getBytes(UTF_8));
        write(Topic.REGISTRY_COMMANDS, ACCOUNT, null);
        // then
        created(registry, GREET, zip(1));
    }

    @Test
    void packagesOfManyChunksComeBackWhole() throws Exception {
        // given
        var registry = start("a", lifecycle);
        var zip = zip(1, 5 * CodePackage.CHUNK_BYTES + 17);
        // when
        var code = packageOf(created(registry, GREET, zip));
        // then
        assertThat(code.offsets()).hasSize(6);
        assertThat(fetched(registry, code)).isEqualTo(zip);
    }

    @Test
    void packagesStoredAtTheSameTimeComeBackWholeEach() throws Exception {
        // given
        var registry = start("a", lifecycle);
        created(registry, GREET, zip(9)); // From here on nothing is met for the first time.
        var functions = List.of(Samples.arn("a"), Samples.arn("b"), Samples.arn("c"));
        // when
        var asked = functions.stream()
                .map(function -> registry.submitWithCode(
                        function.account(),
                        PackageBytes.of(zip(function.hashCode(), 4 * CodePackage.CHUNK_BYTES)),
                        code -> Samples.create(function, code)))
                .toList();
        // then
        for (int i = 0; i < functions.size(); i++) {
            var made = ((RegistryAnswer.Done) done(asked.get(i))).version();
            assertThat(fetched(registry, packageOf(Objects.requireNonNull(made))))
                    .isEqualTo(zip(functions.get(i).hashCode(), 4 * CodePackage.CHUNK_BYTES));
        }
    }

    @Test
    void bytesAreStoredOnceForAllFunctionsOfAnAccount() throws Exception {
        // given
        var registry = start("a", lifecycle);
        // when
        var first = packageOf(created(registry, GREET, zip(1)));
        var second = packageOf(created(registry, PART, zip(1)));
        // then
        assertThat(second).isEqualTo(first);
        assertThat(written(Topic.REGISTRY_CODE)).hasSize(1);
    }

    @Test
    void aPackageThatNoFunctionUsesIsDeleted() throws Exception {
        // given
        var registry = start("a", lifecycle);
        var code = packageOf(created(registry, GREET, zip(1)));
        created(registry, PART, zip(1));
        done(registry.submit(new DeleteFunction(GREET, null)));
        assertThat(written(Topic.REGISTRY_CODE)).hasSize(1);
        // when
        done(registry.submit(new DeleteFunction(PART, null)));
        // then
        assertThat(written(Topic.REGISTRY_CODE))
                .extracting(ConsumerRecord::key, record -> record.value() == null)
                .containsExactly(tuple(code.chunkKey(0), false), tuple(code.chunkKey(0), true));
    }

    @Test
    void aPackageOfARefusedCommandIsDeleted() throws Exception {
        // given
        var registry = start("a", lifecycle);
        created(registry, GREET, zip(1));
        // when
        done(registry.submitWithCode(GREET.account(), PackageBytes.of(zip(2)), code -> Samples.create(GREET, code)));
        // then
        assertThat(written(Topic.REGISTRY_CODE))
                .extracting(record -> record.value() == null)
                .containsExactly(false, false, true);
    }

    @Test
    void aPackageDeletedWhileItIsReusedIsStoredAgain() throws Exception {
        // given
        var registry = start("a", lifecycle);
        var gone = packageOf(created(registry, GREET, zip(1)));
        done(registry.submit(new DeleteFunction(GREET, null)));
        var offered = new ArrayList<CodePackage>();
        // when
        var answer = done(registry.submitWithCode(PART.account(), PackageBytes.of(zip(1)), code -> {
            offered.add(code);
            return Samples.create(PART, offered.size() == 1 ? gone : code);
        }));
        // then
        assertThat(offered).hasSize(2);
        assertThat(answer).isInstanceOf(RegistryAnswer.Done.class);
        assertThat(fetched(registry, offered.getLast())).isEqualTo(zip(1));
    }

    @Test
    void aPackageIsCopiedToAnotherAccountOnce() throws Exception {
        // given
        var registry = start("a", lifecycle);
        var zip = zip(1, 2 * CodePackage.CHUNK_BYTES + 17);
        var code = packageOf(created(registry, GREET, zip));
        // when
        var copy = done(registry.copy(code, "222222222222"));
        // then
        assertThat(copy.uploadId()).isNotEqualTo(code.uploadId());
        assertThat(fetched(registry, copy)).isEqualTo(zip);
        assertThat(done(registry.copy(code, ACCOUNT))).isEqualTo(code);
    }

    @Test
    void aPackageThatIsNotWhatWasStoredIsAnError() throws Exception {
        // given
        var registry = start("a", lifecycle);
        var code = packageOf(created(registry, GREET, zip(1)));
        var other = new CodePackage("0".repeat(64), code.uploadId(), code.size(), code.partition(), code.offsets());
        // then
        assertThatThrownBy(() -> fetched(registry, other)).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void chunksBeforeTheOldestThatIsLeftAreMissing() throws Exception {
        start("a", lifecycle);
        var reader =
                new ChunkReader(kafka, Topic.REGISTRY_CODE.name(kafka.topicPrefix()), java.time.Duration.ofSeconds(10));

        assertThatThrownBy(() -> reader.read(0, List.of(99L))).isInstanceOf(ChunkReader.MissingChunkException.class);
    }

    @Test
    void aMappingBecomesWhatItsMapperReportsAndOutlivesTheRouter() throws Exception {
        // given
        var first = new Lifecycle();
        var before = start("a", first);
        created(before, GREET, zip(1));
        become(before, 3);
        var made = done(before.submit(Samples.map(Samples.MAPPING, GREET, Samples.ORDERS)));
        assertThat(made)
                .isEqualTo(RegistryAnswer.Done.with(
                        before.view().mapping(Samples.MAPPING.uuid()).orElseThrow()));
        // when
        write(Topic.MAPPINGS_REPORTS, ACCOUNT, new byte[] {1, 2, 3});
        write(Topic.PROVISIONED_REPORTS, ACCOUNT, new byte[] {1, 2, 3});
        report(1, Reached.READING);
        become(before, 5);
        // then
        assertThat(stateOfTheMapping(before)).isEqualTo(EventSourceMappingRecord.State.Enabled);
        first.close();
        var after = start("b", lifecycle);
        assertThat(done(after.submit(new RegistryCommand.DeleteEventSourceMapping(Samples.MAPPING))))
                .isInstanceOf(RegistryAnswer.Done.class);
        assertThat(stateOfTheMapping(after)).isEqualTo(EventSourceMappingRecord.State.Deleting);
        report(2, Reached.STOPPED);
        become(after, 8); // The mapping is gone, and then the function is as it was.
        assertThat(after.view().mappings()).isEmpty();
    }

    private static EventSourceMappingRecord.State stateOfTheMapping(KafkaRegistry registry) {
        return registry.view().mapping(Samples.MAPPING.uuid()).orElseThrow().state();
    }

    private void report(long revision, Reached reached) throws Exception {
        var report = new MappingReport(Samples.MAPPING, revision, Instant.now(), reached, null, null);
        write(
                Topic.MAPPINGS_REPORTS,
                ACCOUNT,
                RecordCodec.of(MappingReport.class).encode(report));
    }

    @ParameterizedTest
    @EnumSource(names = {"MAPPINGS_REPORTS", "PROVISIONED_REPORTS"})
    void reportsMustBeDividedAsCommandsAre(Topic reports) throws Exception {
        Topics.ensure(kafka, List.of(new Topics.Wanted(reports.name(kafka.topicPrefix()), 2, Map.of())));

        assertThatThrownBy(() -> start("a", lifecycle))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("topic " + reports.suffix()
                        + " must have as many partitions as registry.commands, which has 1, and has 2");
    }

    private KafkaRegistry start(String routerId, Lifecycle owner) throws InterruptedException {
        return KafkaRegistry.start(
                kafka, directory.resolve(routerId), routerId, AccountQuotas.DEFAULTS, Clock.systemUTC(), owner);
    }

    private static VersionRecord created(KafkaRegistry registry, FunctionArn function, byte[] zip) throws Exception {
        var answer = done(registry.submitWithCode(
                function.account(), PackageBytes.of(zip), code -> Samples.create(function, code)));
        assertThat(answer).isInstanceOf(RegistryAnswer.Done.class);
        return Objects.requireNonNull(((RegistryAnswer.Done) answer).version());
    }

    private static byte[] fetched(KafkaRegistry registry, CodePackage code) throws Exception {
        var whole = new ByteArrayOutputStream();
        done(registry.fetch(code, whole::writeBytes));
        return whole.toByteArray();
    }

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void become(KafkaRegistry registry, long sequence) throws Exception {
        done(registry.view().reached(ACCOUNT, sequence));
    }

    private static byte[] zip(int seed) {
        return zip(seed, 1000);
    }

    private static byte[] zip(int seed, int size) {
        var bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void write(Topic topic, String key, byte @org.jspecify.annotations.Nullable [] value) throws Exception {
        try (var producer = new KafkaProducer<String, byte[]>(
                kafka.clientProperties(), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(kafka.topicPrefix()), key, value))
                    .get();
        }
    }

    private List<ConsumerRecord<String, byte[]>> written(Topic topic) throws Exception {
        var records = new ArrayList<ConsumerRecord<String, byte[]>>();
        try (var reader = new TopicReader(kafka, topic.name(kafka.topicPrefix()), records::add)) {
            done(reader.caughtUp());
        }
        return records;
    }

    private List<VersionRecord> versionsOf(FunctionArn function) throws Exception {
        var codec = RecordCodec.of(RegistryRecord.class);
        return written(Topic.REGISTRY_RECORDS).stream()
                .filter(record -> record.value() != null)
                .map(record -> codec.decode(record.value()))
                .filter(VersionRecord.class::isInstance)
                .map(VersionRecord.class::cast)
                .filter(version -> version.version().function().equals(function))
                .toList();
    }
}
