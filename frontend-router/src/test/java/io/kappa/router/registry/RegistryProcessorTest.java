package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.MAPPING;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.latest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.CommandRecord.AnnounceUpload;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryProcessorTest {
    private static final AnnounceUpload ANNOUNCED = new AnnounceUpload(Upload.of(ACCOUNT, CODE));

    private final Partition partition = new Partition();

    @Test
    void aCommandIsRecordedInOrderAndThenReplied() {
        // given
        partition.read(ANNOUNCED);
        // when
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        // then
        assertThat(partition.committed)
                .extracting(Partition.Output::sink)
                .containsExactly(RegistryTopology.RECORDS, RegistryTopology.RECORDS, RegistryTopology.REPLIES);
        assertThat(partition.outputs(RegistryTopology.RECORDS))
                .extracting(Partition.Output::sequence)
                .containsExactly(1L, 2L);
        var reply = partition.replies().getFirst();
        assertThat(reply.commandId()).isEqualTo("c1");
        assertThat(reply.account()).isEqualTo(ACCOUNT);
        assertThat(reply.sequence()).isEqualTo(2);
        assertThat(reply.verdict()).isEqualTo(new Verdict.Answered(new RegistryAnswer.Done((VersionRecord)
                partition.latestRecords().get(latest(GREET).toString()))));
    }

    @Test
    void recordsOfAnAccountGoToOnePartitionWhateverTheirKeys() {
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        partition.read(ask("c2", Samples.create(PART, CODE)));

        assertThat(partition.outputs(RegistryTopology.RECORDS))
                .extracting(output -> Destination.partitioner()
                        .partitions("registry.records", output.destination(), new byte[0], 64)
                        .orElseThrow())
                .hasSize(4)
                .containsOnly(java.util.Set.of(Destination.partition(ACCOUNT, 64)));
    }

    @Test
    void whatIsConfiguredNoLongerLeavesARecordWithoutAValueAndThenOneWithOne() {
        // given
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        partition.read(ask(
                "c2",
                new RegistryCommand.PutFunctionEventInvokeConfig(
                        GREET, "$LATEST", new EventInvokeChange(1, null, null, null))));
        assertThat(partition.latestRecords()).containsKey(GREET + ":$LATEST#event-invoke-config");
        // when
        partition.read(ask("c3", new RegistryCommand.DeleteFunctionEventInvokeConfig(GREET, "$LATEST")));
        // then
        assertThat(partition.latestRecords()).doesNotContainKey(GREET + ":$LATEST#event-invoke-config");
        var last = partition.outputs(RegistryTopology.RECORDS).getLast();
        assertThat(last.destination().key()).isEqualTo(GREET.toString());
        assertThat(last.value()).isNotNull();
        assertThat(last.sequence()).isEqualTo(partition.replies().getLast().sequence());
    }

    @Test
    void versionsSettleSoonAndThenNothingTicks() {
        // given
        partition.read(ANNOUNCED);
        assertThat(partition.ticking()).isFalse();
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        assertThat(partition.ticking()).isTrue();
        // when
        partition.tick();
        // then
        var settled = (VersionRecord) Objects.requireNonNull(
                partition.latestRecords().get(latest(GREET).toString()));
        assertThat(settled.state()).isEqualTo(State.ACTIVE);
        assertThat(partition.outputs(RegistryTopology.RECORDS).getLast().sequence())
                .isEqualTo(3);
        assertThat(partition.ticking()).isFalse();
    }

    @Test
    void versionsFoundInTransitionAfterACrashSettle() {
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));

        partition.crash();
        partition.tick();

        assertThat(((VersionRecord) Objects.requireNonNull(
                                partition.latestRecords().get(latest(GREET).toString())))
                        .state())
                .isEqualTo(State.ACTIVE);
    }

    @Test
    void aCommandReadTwiceIsDoneOnceAndRepliedTwiceAlike() {
        partition.read(ANNOUNCED);
        var create = ask("c1", Samples.create(GREET, CODE));
        partition.read(create);
        partition.read(ask("c2", new DeleteFunction(GREET, null)));
        var records = partition.outputs(RegistryTopology.RECORDS).size();

        partition.crash();
        partition.clock.turn(RememberedReplies.KEPT);
        partition.read(create);

        assertThat(partition.outputs(RegistryTopology.RECORDS)).hasSize(records);
        assertThat(partition.replies().getLast()).isEqualTo(partition.replies().getFirst());
    }

    @Test
    void aCommandOlderThanRepliesAreRememberedIsRefused() {
        partition.read(ANNOUNCED);
        var late = ask("c1", Samples.create(GREET, CODE));

        partition.clock.turn(RememberedReplies.KEPT.plusMillis(1));
        partition.read(late);

        assertThat(partition.replies().getLast().verdict())
                .isEqualTo(Ownership.refused(ErrorCode.SERVICE_UNAVAILABLE, "The request waited too long."));
        assertThat(partition.outputs(RegistryTopology.RECORDS)).isEmpty();
    }

    @Test
    void noCommandIsDoneTwiceHoweverLateItsSecondReading() {
        partition.read(ANNOUNCED);
        var create = ask("c1", Samples.create(GREET, CODE));
        partition.read(create);
        partition.read(ask("c2", new DeleteFunction(GREET, null)));

        for (int i = 0; i < 10; i++) {
            partition.clock.turn(Duration.ofSeconds(25));
            partition.keepHouse();
            partition.read(ANNOUNCED);
            partition.read(create);
        }

        assertThat(partition.latestRecords())
                .containsOnlyKeys(GREET.toString()); // Only what is remembered of the name.
    }

    @Test
    void beyondAsManyCommandsAsCanBeRememberedTheyAreRefused() {
        for (int i = 0; i < RememberedReplies.MOST; i++) {
            partition.readUncommitted(ask("c" + i, new DeleteFunction(GREET, null)));
        }

        partition.read(ask("straw", new DeleteFunction(GREET, null)));
        assertThat(partition.replies().getLast().verdict())
                .isEqualTo(Ownership.refused(ErrorCode.TOO_MANY_REQUESTS, "Rate Exceeded."));

        partition.clock.turn(RememberedReplies.KEPT.plusMillis(1));
        partition.read(ask("later", new DeleteFunction(GREET, null)));
        assertThat(partition.replies().getLast().verdict())
                .isEqualTo(Ownership.refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }

    @Test
    void whatIsNoCommandIsPassedOverAndAnsweredWhereItsIdCanBeRead() {
        partition.read(ACCOUNT, new byte[] {1, 2, 3});
        partition.read(ACCOUNT, null);
        partition.read(ACCOUNT, "{\"kind\":\"dance\"}".getBytes(UTF_8));
        partition.read(ACCOUNT, "{\"kind\":\"ask\"}".getBytes(UTF_8));
        partition.read(ACCOUNT, "{\"kind\":\"announce-upload\"}".getBytes(UTF_8));
        partition.read(
                ACCOUNT, "{\"kind\":\"announce-upload\",\"upload\":{\"account\":\"111111111111\"}}".getBytes(UTF_8));
        assertThat(partition.committed).isEmpty();

        partition.read(ACCOUNT, "{\"kind\":\"dance\",\"id\":\"c9\"}".getBytes(UTF_8));

        assertThat(partition.replies())
                .containsExactly(new ReplyRecord(
                        "c9",
                        ACCOUNT,
                        0,
                        Ownership.refused(ErrorCode.SERVICE, "The registry does not understand the request.")));
    }

    @Test
    void aCommandInAnotherAccountsPlaceIsRefused() {
        partition.read(
                "222222222222", RecordCodec.of(CommandRecord.class).encode(ask("c1", new DeleteFunction(GREET, null))));

        assertThat(partition.replies().getLast().verdict())
                .isEqualTo(Ownership.refused(ErrorCode.SERVICE, "The registry does not understand the request."));
    }

    @Test
    void aCommandWhoseDecidingFailsIsRefusedAndStopsNothing() {
        partition.read(
                ACCOUNT,
                ("{\"kind\":\"ask\",\"v\":1,\"id\":\"c1\",\"asked\":\"2026-11-20T12:00:00Z\",\"command\":"
                                + "{\"kind\":\"update-function-configuration\",\"function\":\"" + GREET + "\"}}")
                        .getBytes(UTF_8));
        partition.read(ANNOUNCED);
        partition.read(ask("c2", Samples.create(GREET, CODE)));
        partition.tick();
        partition.read(
                ACCOUNT,
                ("{\"kind\":\"ask\",\"v\":1,\"id\":\"c3\",\"asked\":\"2026-11-20T12:00:00Z\",\"command\":"
                                + "{\"kind\":\"update-function-configuration\",\"function\":\"" + GREET + "\"}}")
                        .getBytes(UTF_8));

        assertThat(partition.replies().getLast().verdict())
                .isEqualTo(Ownership.refused(ErrorCode.SERVICE, "The registry could not decide the request."));
        assertThat(partition.replies().getLast().sequence()).isEqualTo(3);
    }

    @Test
    void whatAMapperReportsIsRecordedUnderTheAccountsNextNumbers() {
        // given
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        partition.read(ask("c2", Samples.map(MAPPING, GREET, Samples.ORDERS)));
        assertThat(mapping().state()).isEqualTo(EventSourceMappingRecord.State.Creating);
        // when
        partition.report(report(1, Reached.READING));
        // then
        assertThat(mapping().state()).isEqualTo(EventSourceMappingRecord.State.Enabled);
        assertThat(partition.outputs(RegistryTopology.RECORDS).getLast().sequence())
                .isEqualTo(4);
        partition.read(ask("c3", new RegistryCommand.DeleteEventSourceMapping(MAPPING)));
        partition.report(report(2, Reached.STOPPED));
        assertThat(partition.latestRecords()).doesNotContainKey(MAPPING.toString());
        assertThat(partition.outputs(RegistryTopology.RECORDS).getLast().destination())
                .isEqualTo(new Destination.HashedBy(GREET.toString(), ACCOUNT));
        assertThat(partition.outputs(RegistryTopology.REPLIES)).hasSize(3);
    }

    @Test
    void aReportReadTwiceChangesNothingMoreAndOneThatIsLostInACrashIsReadAgain() {
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        partition.read(ask("c2", Samples.map(MAPPING, GREET, Samples.ORDERS)));

        partition.report(report(1, Reached.READING));
        partition.crash();
        partition.report(report(1, Reached.READING));

        assertThat(partition.outputs(RegistryTopology.RECORDS)).hasSize(4);
    }

    @Test
    void aReportThatCannotBeReadIsPassedOver() {
        partition.read(ANNOUNCED);
        partition.read(ask("c1", Samples.create(GREET, CODE)));
        partition.read(ask("c2", Samples.map(MAPPING, GREET, Samples.ORDERS)));
        var before = partition.committed.size();

        partition.report(ACCOUNT, null);
        partition.report(ACCOUNT, new byte[] {1, 2, 3});
        partition.report(ACCOUNT, "{}".getBytes(UTF_8));
        partition.report(
                ACCOUNT, ("{\"v\":1,\"mapping\":\"" + MAPPING + "\",\"reached\":\"DANCING\"}").getBytes(UTF_8));
        partition.report("222222222222", RecordCodec.of(MappingReport.class).encode(report(1, Reached.READING)));

        assertThat(partition.committed).hasSize(before);
        partition.report(report(1, Reached.READING));
        assertThat(mapping().state()).isEqualTo(EventSourceMappingRecord.State.Enabled);
    }

    private EventSourceMappingRecord mapping() {
        return (EventSourceMappingRecord)
                Objects.requireNonNull(partition.latestRecords().get(MAPPING.toString()));
    }

    private MappingReport report(long revision, Reached reached) {
        return new MappingReport(MAPPING, revision, partition.clock.instant(), reached, null, null);
    }

    @Test
    void chunksOfAReleasedPackageAreDeletedWhereTheyAre() {
        var code = new io.kappa.contracts.registry.CodePackage("c".repeat(64), "u", 2_000_000, 3, List.of(5L, 8L));
        partition.read(new AnnounceUpload(Upload.of(ACCOUNT, code)));
        partition.read(ask("c1", Samples.create(GREET, code)));

        partition.read(ask("c2", new DeleteFunction(GREET, null)));

        assertThat(partition.outputs(RegistryTopology.CODE))
                .extracting(Partition.Output::destination)
                .containsExactly(
                        new Destination.Placed(code.chunkKey(0), 3), new Destination.Placed(code.chunkKey(1), 3));
        assertThat(partition.outputs(RegistryTopology.CODE))
                .allSatisfy(output -> assertThat(output.value()).isNull());
    }

    @Test
    void aPackageThatNoCommandCameForIsDeleted() {
        partition.read(ANNOUNCED);
        partition.clock.turn(RegistryDecisions.UPLOAD_KEPT);

        partition.crash();
        partition.keepHouse();

        assertThat(partition.outputs(RegistryTopology.CODE)).hasSize(1);
    }

    /**
     * Whatever is read twice, and whenever the owner crashes between reading and committing: what is recorded in the end is what it would
     * be without any of that.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void duplicatesAndCrashesChangeNothing(long seed) {
        var random = new Random(seed);
        var calm = new Partition();
        var read = new ArrayList<CommandRecord>();
        for (int i = 0; i < 300; i++) {
            var command = anyCommand(random, i, calm.clock.instant());
            calm.read(command);
            while (random.nextInt(4) == 0) {
                if (random.nextBoolean()) {
                    partition.readUncommitted(command);
                }
                partition.crash();
            }
            partition.read(command);
            if (command instanceof Ask) {
                read.add(command); // Only these are ever written twice.
            }
            while (!read.isEmpty() && random.nextInt(3) == 0) {
                partition.read(read.get(random.nextInt(read.size())));
            }
            if (random.nextInt(3) == 0) {
                calm.tick();
                partition.tick();
            }
            if (random.nextInt(10) == 0) {
                var passed = Duration.ofSeconds(random.nextInt(60));
                calm.clock.turn(passed);
                partition.clock.turn(passed);
                calm.keepHouse();
                partition.keepHouse();
            }
        }

        assertThat(withoutRevisions(partition)).isEqualTo(withoutRevisions(calm));
        assertThat(partition.outputs(RegistryTopology.RECORDS))
                .extracting(Partition.Output::sequence)
                .isEqualTo(calm.outputs(RegistryTopology.RECORDS).stream()
                        .map(Partition.Output::sequence)
                        .toList())
                .isSorted();
    }

    private static CommandRecord anyCommand(Random random, int number, Instant asked) {
        var function = random.nextBoolean() ? GREET : PART;
        var code = Samples.code(Character.forDigit(random.nextInt(3), 16), "u" + random.nextInt(3));
        var command = switch (random.nextInt(7)) {
            case 0, 1 -> Samples.create(function, code);
            case 2 -> Samples.updateCode(function, code);
            case 3 ->
                new RegistryCommand.UpdateFunctionConfiguration(
                        function, Samples.described("d" + random.nextInt(3)), null);
            case 4 -> new RegistryCommand.PublishVersion(function, null, null, null);
            case 5 -> new DeleteFunction(function, null);
            default -> null;
        };
        return command == null ? new AnnounceUpload(Upload.of(ACCOUNT, code)) : new Ask("c" + number, asked, command);
    }

    private static List<String> withoutRevisions(Partition partition) {
        return partition.latestRecords().values().stream()
                .map(record -> record.toString().replaceAll("revisionId=[^,]*", ""))
                .toList();
    }

    private Ask ask(String id, RegistryCommand command) {
        return new Ask(id, partition.clock.instant(), command);
    }
}
