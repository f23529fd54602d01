package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.MAPPING;
import static io.kappa.router.registry.Samples.ORDERS;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.QUEUE;
import static io.kappa.router.registry.Samples.STREAM;
import static io.kappa.router.registry.Samples.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MappingDecisionsTest {
    private static final MappingId OTHER = Samples.mapping(2);
    private static final Verdict GONE =
            refused(ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist.");
    private static final Verdict NO_FUNCTION = refused(ErrorCode.INVALID_PARAMETER_VALUE, "Function does not exist");
    private static final DeleteEventSourceMapping DELETE = new DeleteEventSourceMapping(MAPPING);

    private final Ownership owner = new Ownership();

    @BeforeEach
    void createTheFunction() {
        owner.active(GREET, CODE);
    }

    private static CreateEventSourceMapping mapWith(
            MappingId mapping, @Nullable String qualifier, EventSource source, String group, boolean enabled) {
        return new CreateEventSourceMapping(
                mapping,
                new InvocationTarget(GREET, qualifier),
                source,
                List.of(),
                group,
                enabled,
                Samples.options(10),
                Map.of());
    }

    private static UpdateEventSourceMapping update(MappingChange change) {
        return new UpdateEventSourceMapping(MAPPING, change);
    }

    private static Verdict conflict(String message, MappingId existing) {
        return refused(
                ErrorCode.RESOURCE_CONFLICT,
                message + " already exists. Please update or delete the existing mapping with UUID " + existing.uuid());
    }

    @Nested
    class Creating {

        @Test
        void aNewMappingIsCreatingUntilAMapperReadsIt() {
            var made = owner.mapped(map(MAPPING, GREET, ORDERS));

            assertThat(made)
                    .isEqualTo(new EventSourceMappingRecord(
                            MAPPING,
                            1,
                            new InvocationTarget(GREET, null),
                            ORDERS,
                            List.of(),
                            MAPPING.uuid(),
                            true,
                            State.Creating,
                            "User action",
                            NOON,
                            "No records processed",
                            Samples.options(10),
                            Map.of("team", "blue")))
                    .isEqualTo(owner.mapping(MAPPING));

            owner.turn(Duration.ofSeconds(2));
            owner.report(made, Reached.READING);
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Enabled);
            assertThat(owner.mapping(MAPPING).revision()).isEqualTo(1);
            assertThat(owner.mapping(MAPPING).lastModified()).isEqualTo(NOON.plusSeconds(2));
        }

        @Test
        void oneThatIsNotEnabledIsDisabledAtOnce() {
            var made = owner.mapped(mapWith(MAPPING, null, STREAM, "g", false));

            assertThat(made.state()).isEqualTo(State.Disabled);
            assertThat(made.enabled()).isFalse();
        }

        @Test
        void oneOfAQueueHasAReasonAndAResultOfItsOwn() {
            var made = owner.mapped(map(MAPPING, GREET, QUEUE));

            assertThat(made.stateReason()).isEqualTo("USER_INITIATED");
            assertThat(made.lastProcessingResult()).isNull();
        }

        @Test
        void theFunctionAndItsVersionMustExist() {
            assertThat(owner.ask(map(MAPPING, PART, QUEUE))).isEqualTo(NO_FUNCTION);
            assertThat(owner.ask(mapWith(MAPPING, "1", QUEUE, "g", true))).isEqualTo(NO_FUNCTION);
            assertThat(owner.ask(mapWith(MAPPING, "prod", QUEUE, "g", true))).isEqualTo(NO_FUNCTION);

            owner.done(new PublishVersion(GREET, null, null, null));
            assertThat(owner.mapped(mapWith(MAPPING, "1", QUEUE, "g", true)).target())
                    .hasToString(GREET + ":1");
        }

        @Test
        void anAliasStandsForTheVersionsThatItPointsTo() {
            owner.done(new UpdateFunctionConfiguration(GREET, timingOutAfter(841), null));
            owner.settle();
            owner.done(new PublishVersion(GREET, null, null, null));
            owner.done(new UpdateFunctionConfiguration(GREET, timingOutAfter(3), null));
            owner.settle();
            owner.done(new PublishVersion(GREET, null, null, null));
            owner.pointed(new CreateAlias(GREET, "live", new Version.Published(2), "", Samples.additional(1, 0.1)));

            assertThat(owner.ask(mapWith(MAPPING, "live", ORDERS, "g", true)).toString())
                    .contains("Function timeout: 841 seconds");
            owner.pointed(new UpdateAlias(GREET, "live", new AliasChange(null, null, List.of()), null));
            assertThat(owner.mapped(mapWith(MAPPING, "live", ORDERS, "g", true)).target())
                    .hasToString(GREET + ":live");
        }

        private static ConfigurationChange timingOutAfter(int seconds) {
            return new ConfigurationChange(null, null, null, null, seconds, null, null, null, null, null, null, null);
        }

        @Test
        void optionsThatDoNotFitEachOtherAreRefused() {
            var command = new CreateEventSourceMapping(
                    MAPPING,
                    new InvocationTarget(GREET, null),
                    QUEUE,
                    List.of(),
                    "g",
                    true,
                    Samples.options(11),
                    Map.of());

            assertThat(owner.ask(command))
                    .isEqualTo(
                            refused(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"));
        }

        @Test
        void aFunctionThatMayRunForLongerThanAConsumerMayBeSilentIsRefusedForKafka() {
            owner.done(new RegistryCommand.UpdateFunctionConfiguration(
                    GREET,
                    new ConfigurationChange(null, null, null, null, 841, null, null, null, null, null, null, null),
                    null));

            assertThat(owner.ask(map(MAPPING, GREET, ORDERS)))
                    .isEqualTo(
                            refused(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "Function timeout: 841 seconds is greater than 840 seconds, the maximum for Kafka event sources"));
            assertThat(owner.mapped(map(MAPPING, GREET, STREAM)).state()).isEqualTo(State.Creating);
        }
    }

    @Nested
    class Duplicates {

        @Test
        void aQueueFeedsAFunctionOnce() {
            owner.mapped(map(MAPPING, GREET, QUEUE));

            assertThat(owner.ask(map(OTHER, GREET, QUEUE)))
                    .isEqualTo(conflict(
                            "An event source mapping with SQS arn (\" " + QUEUE.arn()
                                    + " \") and function (\" greet \")",
                            MAPPING));
            assertThat(owner.ask(mapWith(OTHER, "$LATEST", QUEUE, "g", true))).isNotEqualTo(NO_FUNCTION);
        }

        @Test
        void aStreamFeedsAFunctionOnce() {
            owner.mapped(map(MAPPING, GREET, STREAM));

            assertThat(owner.ask(map(OTHER, GREET, STREAM)))
                    .isEqualTo(conflict(
                            "The event source arn (\" " + STREAM.arn()
                                    + " \") and function (\" greet \") provided mapping",
                            MAPPING));
        }

        @Test
        void aTopicFeedsAFunctionOnceWhateverElseIsReadAlong() {
            owner.mapped(map(MAPPING, GREET, ORDERS));
            var more = new SelfManagedKafka(List.of("kafka:2000", "kafka:1000"), List.of("bills", "orders"));

            assertThat(owner.ask(map(OTHER, GREET, more)))
                    .isEqualTo(conflict(
                            "An event source mapping with event source (\"kafka:2000,kafka:1000\"), function (\""
                                    + GREET + "\"), topics (\"bills,orders\")",
                            MAPPING));
            owner.mapped(map(OTHER, GREET, new SelfManagedKafka(List.of("kafka:1000"), List.of("bills"))));
            owner.mapped(
                    map(Samples.mapping(3), GREET, new SelfManagedKafka(List.of("kafka:3000"), List.of("orders"))));
        }

        @Test
        void otherFunctionsAndVersionsMayReadTheSame() {
            owner.active(PART, CODE);
            owner.done(new PublishVersion(GREET, null, null, null));
            owner.mapped(map(MAPPING, GREET, QUEUE));

            owner.mapped(map(OTHER, PART, QUEUE));
            owner.mapped(mapWith(Samples.mapping(3), "1", QUEUE, "g", true));

            assertThat(owner.state.mappings(GREET))
                    .extracting(EventSourceMappingRecord::id)
                    .containsExactly(MAPPING, Samples.mapping(3));
            assertThat(owner.state.mappings(PART))
                    .extracting(EventSourceMappingRecord::id)
                    .containsExactly(OTHER);
        }

        @Test
        void aConsumerGroupReadsATopicForOneMapping() {
            owner.done(new PublishVersion(GREET, null, null, null));
            var source =
                    new ManagedKafka("arn:aws:kafka:us-east-1:" + ACCOUNT + ":cluster/c/id", "c", List.of("orders"));
            owner.mapped(mapWith(MAPPING, null, source, "a/b", true));

            assertThat(owner.ask(mapWith(OTHER, "1", source, "a/b", true)))
                    .isEqualTo(conflict(
                            "An event source mapping with event source (\"" + source.arn()
                                    + "\"), consumer group (\"a/b\"), topics (\"orders\")",
                            MAPPING));
            owner.mapped(mapWith(OTHER, "1", source, "a", true));
        }

        @Test
        void whatIsGoneIsNoDuplicate() {
            owner.reading(map(MAPPING, GREET, QUEUE));
            var deleting = owner.mapped(DELETE);
            assertThat(owner.ask(map(OTHER, GREET, QUEUE))).isInstanceOf(Verdict.Answered.class);
            owner.report(deleting, Reached.STOPPED);

            owner.mapped(map(OTHER, GREET, QUEUE));
        }
    }

    @Nested
    class Updating {

        @Test
        void aMappingThatIsReadIsUpdatingUnderANewRevision() {
            owner.reading(map(MAPPING, GREET, STREAM));
            owner.turn(Duration.ofSeconds(1));

            var updated = owner.mapped(update(Samples.batching(7)));

            assertThat(updated.state()).isEqualTo(State.Updating);
            assertThat(updated.revision()).isEqualTo(2);
            assertThat(updated.options()).isEqualTo(Samples.options(7));
            assertThat(updated.lastModified()).isEqualTo(owner.now());
            owner.report(updated, Reached.READING);
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Enabled);
        }

        @Test
        void disablingStopsItAndEnablingResumesIt() {
            owner.reading(map(MAPPING, GREET, STREAM));

            var disabling = owner.mapped(update(Samples.enabling(false)));
            assertThat(disabling.state()).isEqualTo(State.Disabling);
            assertThat(disabling.enabled()).isFalse();
            owner.report(disabling, Reached.STOPPED);
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Disabled);

            var enabling = owner.mapped(update(Samples.enabling(true)));
            assertThat(enabling.state()).isEqualTo(State.Enabling);
            assertThat(enabling.revision()).isEqualTo(3);
            owner.report(enabling, Reached.READING);
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Enabled);
        }

        @Test
        void aDisabledMappingStaysDisabledWhileItIsChanged() {
            owner.mapped(mapWith(MAPPING, null, STREAM, "g", false));

            var updated = owner.mapped(update(Samples.batching(7)));

            assertThat(updated.state()).isEqualTo(State.Disabled);
            assertThat(updated.revision()).isEqualTo(2);
        }

        @Test
        void anotherFunctionMustExistAndNotReadTheSameAlready() {
            owner.reading(map(MAPPING, GREET, QUEUE));
            var toPart = update(Samples.retargeted(new InvocationTarget(PART, null)));
            assertThat(owner.ask(toPart)).isEqualTo(NO_FUNCTION);

            owner.active(PART, CODE);
            owner.reading(map(OTHER, PART, QUEUE));
            assertThat(owner.ask(toPart))
                    .isEqualTo(conflict(
                            "An event source mapping with SQS arn (\" " + QUEUE.arn()
                                    + " \") and function (\" part \")",
                            OTHER));

            owner.report(owner.mapped(new DeleteEventSourceMapping(OTHER)), Reached.STOPPED);
            assertThat(owner.mapped(toPart).target()).hasToString(PART.toString());
            assertThat(owner.state.mappings(GREET)).isEmpty();
            assertThat(owner.state.mappings(PART)).hasSize(1);
        }

        @Test
        void whatIsChangedMustFitWhatIsNot() {
            owner.reading(map(MAPPING, GREET, QUEUE));

            assertThat(owner.ask(update(Samples.batching(11))))
                    .isEqualTo(
                            refused(
                                    ErrorCode.INVALID_PARAMETER_VALUE,
                                    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"));
        }

        @Test
        void emptyFormsClearWhatMayBeAbsent() {
            var before = new EventSourceMappingRecord.Options(
                    10,
                    1,
                    null,
                    null,
                    1,
                    List.of("{}"),
                    1,
                    60,
                    true,
                    0,
                    true,
                    "kafka://t",
                    5,
                    1,
                    2,
                    List.of("EventCount"));
            var cleared = new MappingChange(
                    null,
                    null,
                    List.of(),
                    null,
                    null,
                    null,
                    List.of(),
                    -1,
                    -1,
                    false,
                    null,
                    false,
                    "",
                    0,
                    new MappingChange.Pollers(null, null),
                    List.of());

            assertThat(cleared.appliedTo(before))
                    .isEqualTo(new EventSourceMappingRecord.Options(
                            10, 1, null, null, 1, List.of(), -1, -1, false, 0, false, null, null, null, null, null));
        }

        @Test
        void anUnknownMappingIsNotFound() {
            assertThat(owner.ask(update(Samples.batching(7)))).isEqualTo(GONE);
            assertThat(owner.ask(DELETE)).isEqualTo(GONE);
        }

        @Test
        void oneChangeIsCarriedOutAtATime() {
            owner.mapped(map(MAPPING, GREET, STREAM));
            assertInUse();
            owner.report(owner.mapping(MAPPING), Reached.READING);

            owner.mapped(update(Samples.batching(7)));
            assertInUse();
            owner.report(owner.mapping(MAPPING), Reached.READING);

            owner.mapped(update(Samples.enabling(false)));
            assertInUse();
            owner.report(owner.mapping(MAPPING), Reached.STOPPED);

            owner.mapped(update(Samples.enabling(true)));
            assertInUse();
            owner.report(owner.mapping(MAPPING), Reached.READING);

            owner.mapped(DELETE);
            assertInUse();
        }

        private void assertInUse() {
            assertThat(owner.ask(update(Samples.batching(9))))
                    .isEqualTo(refused(
                            ErrorCode.RESOURCE_IN_USE, "Cannot update the event source mapping because it is in use."));
            assertThat(owner.ask(DELETE))
                    .isEqualTo(refused(
                            ErrorCode.RESOURCE_IN_USE, "Cannot delete the event source mapping because it is in use."));
        }
    }

    @Nested
    class Deleting {

        @Test
        void aMappingIsDeletingUntilNobodyReadsIt() {
            owner.reading(map(MAPPING, GREET, ORDERS));

            var deleting = owner.mapped(DELETE);

            assertThat(deleting.state()).isEqualTo(State.Deleting);
            assertThat(deleting.enabled()).isFalse();
            assertThat(deleting.revision()).isEqualTo(2);
            owner.report(deleting, Reached.STOPPED);
            assertThat(owner.state.mapping(MAPPING)).isEmpty();
            assertThat(owner.state.mappings(GREET)).isEmpty();
            assertThat(owner.state.consuming(ACCOUNT, MAPPING.uuid())).isEmpty();
        }

        @Test
        void aDisabledOneIsDeletingAsWell() {
            owner.mapped(mapWith(MAPPING, null, STREAM, "g", false));

            assertThat(owner.mapped(DELETE).state()).isEqualTo(State.Deleting);
        }

        @Test
        void theAccountsHighestNumberIsNeverThatOfARemoval() {
            owner.reading(map(MAPPING, GREET, ORDERS));
            owner.completed(new DeleteFunction(GREET, null));
            owner.report(owner.mapped(DELETE), Reached.STOPPED);

            assertThat(owner.recorded.getLast())
                    .isEqualTo(new Change.Recorded(owner.state.remembered(GREET).orElseThrow()));
            assertThat(owner.recorded.get(owner.recorded.size() - 2)).isInstanceOf(Change.Removed.class);
        }

        @Test
        void aMappingOutlivesItsFunction() {
            owner.reading(map(MAPPING, GREET, QUEUE));

            owner.completed(new DeleteFunction(GREET, null));

            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Enabled);
            assertThat(owner.mapped(update(Samples.batching(7))).state()).isEqualTo(State.Updating);
        }
    }

    @Nested
    class Reporting {

        @Test
        void aMappingThatCannotBeReadIsDisabledAndSaysWhy() {
            var made = owner.mapped(map(MAPPING, GREET, ORDERS));

            owner.report(new MappingReport(MAPPING, 1, NOON, Reached.BROKEN, "No such topic", null));

            var broken = owner.mapping(MAPPING);
            assertThat(broken.state()).isEqualTo(State.Disabled);
            assertThat(broken.enabled()).isFalse();
            assertThat(broken.stateReason()).isEqualTo("No such topic");
            assertThat(broken.revision()).isEqualTo(1);
            owner.report(made, Reached.READING);
            assertThat(owner.mapping(MAPPING)).isEqualTo(broken);
            var enabling = owner.mapped(update(Samples.enabling(true)));
            assertThat(enabling.state()).isEqualTo(State.Enabling);
            assertThat(enabling.revision()).isEqualTo(2);
            assertThat(enabling.stateReason()).isEqualTo("User action");
        }

        @Test
        void whatBreaksWhileItStopsHasStopped() {
            owner.reading(map(MAPPING, GREET, ORDERS));
            owner.mapped(update(Samples.enabling(false)));
            owner.report(new MappingReport(MAPPING, 2, NOON, Reached.BROKEN, "gone", null));
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Disabled);
            assertThat(owner.mapping(MAPPING).stateReason()).isEqualTo("User action");

            owner.mapped(DELETE);
            owner.report(new MappingReport(MAPPING, 3, NOON, Reached.BROKEN, "gone", null));
            assertThat(owner.state.mapping(MAPPING)).isEmpty();
        }

        @ParameterizedTest
        @EnumSource
        void aReportAboutAnOlderRevisionChangesNothing(Reached reached) {
            var made = owner.reading(map(MAPPING, GREET, STREAM));
            owner.mapped(update(Samples.enabling(false)));
            var before = owner.mapping(MAPPING);

            owner.report(new MappingReport(MAPPING, made.revision(), NOON, reached, "late", "OK"));

            assertThat(owner.mapping(MAPPING)).isEqualTo(before);
        }

        @Test
        void aReportThatSaysNothingNewRecordsNothing() {
            var made = owner.reading(map(MAPPING, GREET, STREAM));
            int recorded = owner.recorded.size();

            owner.report(made, Reached.READING);
            owner.report(made, Reached.STOPPED);
            owner.report(new MappingReport(MAPPING, 1, NOON, null, null, "No records processed"));
            owner.report(new MappingReport(OTHER, 1, NOON, Reached.READING, null, "OK"));

            assertThat(owner.recorded).hasSize(recorded);
        }

        @Test
        void theResultOfTheLastBatchIsRecordedWhereItDiffers() {
            owner.reading(map(MAPPING, GREET, STREAM));
            owner.turn(Duration.ofSeconds(5));

            owner.report(new MappingReport(MAPPING, 1, NOON, null, null, MappingReport.FUNCTION_CALL_FAILED));

            assertThat(owner.mapping(MAPPING).lastProcessingResult()).isEqualTo("PROBLEM: Function call failed");
            assertThat(owner.mapping(MAPPING).state()).isEqualTo(State.Enabled);
            assertThat(owner.mapping(MAPPING).lastModified()).isEqualTo(NOON);
        }

        @Test
        void aQueueHasNoResult() {
            owner.reading(map(MAPPING, GREET, QUEUE));

            owner.report(new MappingReport(MAPPING, 1, NOON, null, null, MappingReport.OK));

            assertThat(owner.mapping(MAPPING).lastProcessingResult()).isNull();
        }
    }
}
