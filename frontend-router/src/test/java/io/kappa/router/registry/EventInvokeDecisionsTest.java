package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.PutFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionEventInvokeConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of events is configured. */
class EventInvokeDecisionsTest {
    private static final String NO_FUNCTION = "The function doesn't exist.";
    private static final String NO_CONFIG = "The function " + GREET + ":$LATEST doesn't have an EventInvokeConfig";
    private static final EventInvokeChange RETRY_ONCE = new EventInvokeChange(1, null, null, "kafka://failed");
    private static final PutFunctionEventInvokeConfig PUT =
            new PutFunctionEventInvokeConfig(GREET, "$LATEST", RETRY_ONCE);
    private static final DeleteFunctionEventInvokeConfig DELETE_CONFIG =
            new DeleteFunctionEventInvokeConfig(GREET, "$LATEST");

    private final Ownership owner = new Ownership();

    @Test
    void whatIsPutIsRecordedAndAnswered() {
        owner.active(GREET, CODE);
        owner.turn(Duration.ofSeconds(1));

        var answered = owner.completed(PUT).eventInvokeConfig();

        assertThat(answered)
                .isEqualTo(new EventInvokeConfigRecord(
                        GREET, "$LATEST", NOON.plusSeconds(1), 1, null, null, "kafka://failed"));
        assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST")).contains(answered);
        assertThat(owner.state.versions(GREET)).hasSize(1);
    }

    @Test
    void puttingReplacesWhatWasSet() {
        owner.active(GREET, CODE);
        owner.completed(PUT);

        owner.completed(new PutFunctionEventInvokeConfig(GREET, "$LATEST", new EventInvokeChange(null, 60, "", null)));

        assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                .contains(new EventInvokeConfigRecord(GREET, "$LATEST", NOON, null, 60, null, null));
    }

    @Test
    void updatingLeavesWhatIsNotNamedAndAnEmptyDestinationClears() {
        owner.active(GREET, CODE);
        owner.completed(PUT);

        owner.completed(new UpdateFunctionEventInvokeConfig(
                GREET, "$LATEST", new EventInvokeChange(null, 60, "kafka://done", null)));
        assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                .contains(new EventInvokeConfigRecord(GREET, "$LATEST", NOON, 1, 60, "kafka://done", "kafka://failed"));

        owner.completed(
                new UpdateFunctionEventInvokeConfig(GREET, "$LATEST", new EventInvokeChange(0, null, null, "")));
        assertThat(owner.state.eventInvokeConfig(GREET, "$LATEST"))
                .contains(new EventInvokeConfigRecord(GREET, "$LATEST", NOON, 0, 60, "kafka://done", null));
    }

    @Test
    void eachQualifierHasItsOwn() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.completed(PUT);

        owner.completed(new PutFunctionEventInvokeConfig(GREET, "1", RETRY_ONCE));
        owner.completed(DELETE_CONFIG);

        assertThat(owner.state.eventInvokeConfigs(GREET))
                .extracting(EventInvokeConfigRecord::qualifier)
                .containsExactly("1");
    }

    @Test
    void whatDoesNotExistCannotBeConfigured() {
        assertThat(owner.ask(PUT)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
        owner.active(GREET, CODE);
        for (var qualifier : List.of("1", "prod")) {
            assertThat(owner.ask(new PutFunctionEventInvokeConfig(GREET, qualifier, RETRY_ONCE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
            assertThat(owner.ask(new UpdateFunctionEventInvokeConfig(GREET, qualifier, RETRY_ONCE)))
                    .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_FUNCTION));
        }
    }

    @Test
    void whatWasNeverPutCanNeitherBeUpdatedNorDeleted() {
        assertThat(owner.ask(DELETE_CONFIG)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
        owner.active(GREET, CODE);
        assertThat(owner.ask(DELETE_CONFIG)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
        assertThat(owner.ask(new UpdateFunctionEventInvokeConfig(GREET, "$LATEST", RETRY_ONCE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_CONFIG));
    }

    @Test
    void deletingEndsWithTheFunctionsRecordSoThatTheNumberIsKept() {
        owner.active(GREET, CODE);
        owner.completed(PUT);
        var config = owner.state.eventInvokeConfig(GREET, "$LATEST").orElseThrow();

        owner.completed(DELETE_CONFIG);

        assertThat(owner.recorded).endsWith(new Change.Removed(config), new Change.Recorded(owner.function(GREET)));
        assertThat(owner.state.eventInvokeConfigs(GREET)).isEmpty();
    }

    @Test
    void theyGoWithTheirVersionAndWithTheFunction() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.completed(PUT);
        owner.completed(new PutFunctionEventInvokeConfig(GREET, "1", RETRY_ONCE));

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(owner.state.eventInvokeConfigs(GREET))
                .extracting(EventInvokeConfigRecord::qualifier)
                .containsExactly("$LATEST");

        owner.completed(DELETE);
        assertThat(owner.state.eventInvokeConfigs(GREET)).isEmpty();
        assertThat(owner.recorded).last().isInstanceOf(Change.UploadReleased.class);
    }
}
