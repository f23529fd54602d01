package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.testkit.MapTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long random histories. What must hold after any of them; the seed of one that fails brings it back. */
class RegistryRunsTest {
    private static final int STEPS = 300;
    private static final List<Reached> REACHED = List.of(Reached.READING, Reached.STOPPED, Reached.BROKEN);
    private static final List<String> ALIASES = List.of("live", "beta");
    private static final List<FunctionArn> FUNCTIONS =
            List.of(Samples.arn("a"), Samples.arn("b"), Samples.arn("a-b"), Samples.arn("ab"));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void replayingWhatWasRecordedGivesTheSameState(long seed) {
        var run = new Run(seed);

        run.play(STEPS);

        var replayed = new MapTable();
        var state = new RegistryState(replayed);
        run.owner.recorded.forEach(state::apply);
        assertThat(replayed.contents()).isEqualTo(run.owner.table.contents());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatFollowsFromTheRecordsIsKeptInStepWithThem(long seed) {
        var run = new Run(seed);

        for (int i = 0; i < STEPS; i++) {
            run.step();
            run.checkTotals();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyPackageIsEitherUsedOrDeletedOnce(long seed) {
        var run = new Run(seed);
        run.play(STEPS);

        run.owner.settle();
        run.owner.turn(RegistryDecisions.UPLOAD_KEPT);
        run.owner.release();

        var released = run.owner.released();
        assertThat(released).doesNotHaveDuplicates();
        var used = run.uploadsInUse();
        assertThat(used).doesNotContainAnyElementsOf(released);
        var all = new HashSet<>(released);
        all.addAll(used);
        assertThat(all).isEqualTo(run.uploads);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void numbersGenerationsAndRevisionsAreNeverUsedTwiceAndVersionsNeverChange(long seed) {
        var run = new Run(seed);
        run.play(STEPS);

        var revisions = new HashSet<String>();
        var published = new HashMap<String, VersionRecord>();
        var generations = new HashMap<FunctionArn, Long>();
        for (var change : run.owner.recorded) {
            if (change instanceof Change.Recorded(VersionRecord version)) {
                assertThat(revisions.add(version.revisionId()))
                        .as(version.revisionId())
                        .isTrue();
                var arn = version.version();
                if (arn.version() instanceof Version.Published) {
                    var before = published.put(arn.toString(), version);
                    assertThat(before == null || before.requested().equals(version.requested()))
                            .as(arn.toString())
                            .isTrue();
                } else {
                    var before =
                            generations.put(arn.function(), version.requested().generation());
                    assertThat(before == null || before <= version.requested().generation())
                            .as(arn.toString())
                            .isTrue();
                }
            }
            if (change instanceof Change.Removed(VersionRecord version)
                    && version.version().version() instanceof Version.Published) {
                // Kept in the map: should the number come back with anything else, the above notices.
                assertThat(published).containsKey(version.key());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void aViewThatStartsFromACompactedTopicKnowsTheHighestNumber(long seed) {
        var run = new Run(seed);
        run.play(STEPS);

        var records = run.owner.recorded.stream()
                .filter(change -> change instanceof Change.Recorded || change instanceof Change.Removed)
                .toList();

        assertThat(records.getLast()).isInstanceOf(Change.Recorded.class);
    }

    /** One history: commands that fit and commands that do not, packages that come too late or never, and time passing. */
    private static final class Run {
        private final Random random;
        private final Ownership owner = new Ownership();
        private final List<CodePackage> packages = new ArrayList<>();
        private final Set<String> uploads = new HashSet<>();
        private final Set<MappingId> made = new HashSet<>();

        Run(long seed) {
            random = new Random(seed);
        }

        void play(int steps) {
            for (int i = 0; i < steps; i++) {
                step();
            }
        }

        void step() {
            var function = FUNCTIONS.get(random.nextInt(FUNCTIONS.size()));
            switch (random.nextInt(26)) {
                case 0, 1, 2 ->
                    owner.ask(
                            random.nextBoolean()
                                    ? Samples.create(function, anyPackage())
                                    : Samples.createPublished(function, anyPackage()));
                case 3, 4 ->
                    owner.ask(new RegistryCommand.UpdateFunctionCode(
                            function,
                            anyPackage(),
                            null,
                            random.nextBoolean(),
                            random.nextInt(5) == 0,
                            anyRevision(function)));
                case 5 ->
                    owner.ask(new RegistryCommand.UpdateFunctionConfiguration(
                            function, Samples.described("d" + random.nextInt(2)), anyRevision(function)));
                case 6, 7 ->
                    owner.ask(new RegistryCommand.PublishVersion(
                            function, null, random.nextBoolean() ? "given" : null, anyRevision(function)));
                case 8 ->
                    owner.ask(new RegistryCommand.DeleteFunction(
                            function, random.nextInt(3) == 0 ? null : new Version.Published(1 + random.nextInt(6))));
                case 9, 10 -> owner.settle();
                case 11, 12 ->
                    owner.ask(
                            random.nextBoolean()
                                    ? new RegistryCommand.PutFunctionEventInvokeConfig(
                                            function, anyQualifier(), anyEventInvokeChange())
                                    : new RegistryCommand.UpdateFunctionEventInvokeConfig(
                                            function, anyQualifier(), anyEventInvokeChange()));
                case 13 -> owner.ask(new RegistryCommand.DeleteFunctionEventInvokeConfig(function, anyQualifier()));
                case 14 ->
                    owner.ask(
                            random.nextInt(3) == 0
                                    ? new RegistryCommand.DeleteFunctionConcurrency(function)
                                    : new RegistryCommand.PutFunctionConcurrency(function, random.nextInt(500)));
                case 15, 16 -> owner.ask(anyMappingCommand(function));
                case 17, 18 -> {
                    var mapping = anyMapping();
                    long revision = owner.state
                            .mapping(mapping)
                            .map(EventSourceMappingRecord::revision)
                            .orElse(1L);
                    owner.report(new MappingReport(
                            mapping,
                            revision - random.nextInt(2),
                            owner.now(),
                            REACHED.get(random.nextInt(REACHED.size())),
                            "broken",
                            random.nextBoolean() ? "OK" : null));
                }
                case 19, 20, 21 -> owner.ask(anyAliasCommand(function));
                case 22, 23, 24 ->
                    owner.ask(
                            random.nextInt(4) == 0
                                    ? new RegistryCommand.DeleteProvisionedConcurrency(function, anyQualifier())
                                    : Samples.provision(function, anyQualifier(), 1 + random.nextInt(300)));
                default -> {
                    owner.turn(Duration.ofMinutes(random.nextInt(6)));
                    owner.release();
                }
            }
        }

        /** One just stored, one stored long ago, or one that never was. */
        private CodePackage anyPackage() {
            if (packages.isEmpty() || random.nextInt(3) == 0) {
                var code = Samples.code(Character.forDigit(random.nextInt(4), 16), "u" + packages.size());
                packages.add(code);
                if (random.nextInt(8) != 0) {
                    owner.stored(code);
                    uploads.add(code.uploadId());
                }
                return code;
            }
            return packages.get(random.nextInt(packages.size()));
        }

        private MappingId anyMapping() {
            return Samples.mapping(random.nextInt(8));
        }

        /** As with UUIDs, a mapping that has been is never made again. */
        private RegistryCommand anyMappingCommand(FunctionArn function) {
            var mapping = anyMapping();
            if (made.add(mapping)) {
                return Samples.map(
                        mapping,
                        function,
                        random.nextBoolean()
                                ? Samples.QUEUE
                                : new SelfManagedKafka(
                                        List.of("kafka:1000"), List.of(random.nextBoolean() ? "orders" : "bills")));
            }
            return switch (random.nextInt(5)) {
                case 0 -> new RegistryCommand.DeleteEventSourceMapping(mapping);
                case 1 ->
                    new RegistryCommand.UpdateEventSourceMapping(mapping, Samples.batching(1 + random.nextInt(9)));
                case 2 ->
                    new RegistryCommand.UpdateEventSourceMapping(
                            mapping, Samples.retargeted(new InvocationTarget(function, null)));
                default ->
                    new RegistryCommand.UpdateEventSourceMapping(mapping, Samples.enabling(random.nextBoolean()));
            };
        }

        private String anyQualifier() {
            return random.nextInt(3) == 0
                    ? ALIASES.get(random.nextInt(ALIASES.size()))
                    : anyVersion().toString();
        }

        private Version anyVersion() {
            int number = random.nextInt(5);
            return number == 0 ? new Version.Latest() : new Version.Published(number);
        }

        private RegistryCommand anyAliasCommand(FunctionArn function) {
            var name = ALIASES.get(random.nextInt(ALIASES.size()));
            var additional = random.nextBoolean()
                    ? List.<AliasRecord.Additional>of()
                    : Samples.additional(1 + random.nextInt(4), random.nextInt(5) / 4.0);
            return switch (random.nextInt(4)) {
                case 0 -> new RegistryCommand.DeleteAlias(function, name);
                case 1, 2 -> new RegistryCommand.CreateAlias(function, name, anyVersion(), "", additional);
                default ->
                    new RegistryCommand.UpdateAlias(
                            function,
                            name,
                            new AliasChange(
                                    random.nextBoolean() ? anyVersion() : null,
                                    null,
                                    random.nextBoolean() ? additional : null),
                            null);
            };
        }

        private EventInvokeChange anyEventInvokeChange() {
            return new EventInvokeChange(
                    random.nextBoolean() ? null : random.nextInt(3),
                    null,
                    null,
                    random.nextBoolean() ? "" : "kafka://t");
        }

        private @Nullable String anyRevision(FunctionArn function) {
            return switch (random.nextInt(4)) {
                case 0 -> "stale";
                case 1 ->
                    owner.state
                            .version(Samples.latest(function))
                            .map(VersionRecord::revisionId)
                            .orElse(null);
                default -> null;
            };
        }

        private List<VersionRecord> versions() {
            return FUNCTIONS.stream()
                    .flatMap(function -> owner.state.versions(function).stream())
                    .toList();
        }

        Set<String> uploadsInUse() {
            var used = new HashSet<String>();
            for (var version : versions()) {
                used.add(((CodePackage) version.requested().code()).uploadId());
                if (version.previous() != null) {
                    used.add(((CodePackage) version.previous().code()).uploadId());
                }
            }
            return used;
        }

        /** Each is found by its function, and none feeds a function from a source that another feeds it from. */
        private void checkMappings() {
            for (var mapping : made) {
                var record = owner.state.mapping(mapping).orElse(null);
                for (var function : FUNCTIONS) {
                    boolean its = record != null && record.target().function().equals(function);
                    assertThat(owner.state.mappings(function).stream()
                                    .anyMatch(found -> found.id().equals(mapping)))
                            .isEqualTo(its);
                }
                boolean consumes = record != null && record.source() instanceof SelfManagedKafka;
                assertThat(owner.state.consuming(ACCOUNT, mapping.uuid())).hasSize(consumes ? 1 : 0);
            }
            for (var function : FUNCTIONS) {
                assertThat(owner.state.mappings(function))
                        .extracting(EventSourceMappingRecord::source)
                        .doesNotHaveDuplicates();
            }
        }

        private int allocated(FunctionRecord function) {
            int provisioned = owner.state.provisionedConcurrency(function.function());
            var reserved = function.reservedConcurrency();
            assertThat(provisioned).isLessThanOrEqualTo(Objects.requireNonNullElse(reserved, Integer.MAX_VALUE));
            return Objects.requireNonNullElse(reserved, provisioned);
        }

        /** What they point to is there, and no version has its own environments and an alias's. */
        private void checkAliases(FunctionArn function) {
            for (var alias : owner.state.aliases(function)) {
                for (var version : alias.divided(1).keySet()) {
                    assertThat(owner.state.version(new VersionArn(function, version)))
                            .isPresent();
                    assertThat(owner.state.provisioned(function, alias.name()).isPresent()
                                    && owner.state
                                            .provisioned(function, version.toString())
                                            .isPresent())
                            .isFalse();
                }
            }
            assertThat(owner.state.provisioned(function))
                    .allMatch(config -> owner.state.hasQualifier(function, config.qualifier())
                            && !config.qualifier().equals("$LATEST"));
        }

        void checkTotals() {
            assertThat(owner.state.codeBytes(ACCOUNT))
                    .isEqualTo(versions().stream()
                            .mapToLong(version -> version.requested().code().size())
                            .sum());
            assertThat(owner.state.sequence(ACCOUNT))
                    .isEqualTo(owner.recorded.stream()
                            .filter(change -> change instanceof Change.Recorded || change instanceof Change.Removed)
                            .count());
            assertThat(owner.state.inTransition())
                    .containsExactlyInAnyOrderElementsOf(versions().stream()
                            .filter(version -> version.state().name() == VersionRecord.State.Name.Pending
                                    || RegistryState.updating(version))
                            .map(VersionRecord::version)
                            .toList());
            for (var function : FUNCTIONS) {
                assertThat(owner.state.eventInvokeConfigs(function))
                        .allMatch(config -> owner.state.hasQualifier(function, config.qualifier()));
            }
            checkMappings();
            FUNCTIONS.forEach(this::checkAliases);
            int allocated = FUNCTIONS.stream()
                    .flatMap(function -> owner.state.function(function).stream())
                    .mapToInt(this::allocated)
                    .sum();
            assertThat(owner.state.allocatedConcurrency(ACCOUNT, "us-east-1"))
                    .isEqualTo(allocated)
                    .isLessThanOrEqualTo(900);
            var released = Set.copyOf(owner.released());
            for (var used : uploadsInUse()) {
                var code = packages.stream()
                        .filter(candidate -> candidate.uploadId().equals(used))
                        .findFirst()
                        .orElseThrow();
                assertThat(owner.state.holds(Upload.of(ACCOUNT, code))).as(used).isTrue();
                assertThat(released).doesNotContain(used);
            }
        }
    }
}
