package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.CreateFunctionUrl;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionUrl;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionUrl;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions and aliases get URLs. */
class FunctionUrlDecisionsTest {
    private static final String URL_ID = "a".repeat(32);
    private static final String NO_URL = "The resource you requested does not exist.";
    private static final Cors CORS = new Cors(null, null, null, List.of("*"), null, 300);
    private static final Cors NOTHING = new Cors(null, List.of(), null, null, null, null);
    private static final CreateFunctionUrl CREATE = create("$LATEST");

    private final Ownership owner = new Ownership();

    private static CreateFunctionUrl create(String qualifier) {
        return new CreateFunctionUrl(GREET, qualifier, URL_ID, AuthType.NONE, InvokeMode.BUFFERED, CORS);
    }

    private void createAlias() {
        owner.done(PUBLISH);
        owner.completed(new CreateAlias(GREET, "live", new Version.Published(1), "", List.of()));
    }

    @Test
    void aUrlIsRecordedAndAnswered() {
        owner.active(GREET, CODE);

        var answered = owner.completed(CREATE).url();

        assertThat(answered)
                .isEqualTo(new FunctionUrlRecord(
                        GREET, "$LATEST", URL_ID, AuthType.NONE, InvokeMode.BUFFERED, CORS, NOON, NOON));
        assertThat(owner.state.functionUrl(GREET, "$LATEST")).contains(answered);
    }

    @Test
    void aFunctionHasOneUrlAndEachOfItsAliasesAnother() {
        owner.active(GREET, CODE);
        createAlias();
        owner.completed(CREATE);
        owner.completed(create("live"));

        assertThat(owner.ask(CREATE))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_CONFLICT,
                        "Failed to create function url config for [functionArn = " + GREET
                                + "]. Error message:  FunctionUrlConfig exists for this Lambda function"));
        assertThat(owner.ask(create("live")))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_CONFLICT,
                        "Failed to create function url config for [functionArn = " + GREET
                                + ":live]. Error message:  FunctionUrlConfig exists for this Lambda function"));
    }

    @Test
    void whatDoesNotExistHasNoUrl() {
        var refused = refused(ErrorCode.RESOURCE_NOT_FOUND, "Function does not exist");
        assertThat(owner.ask(CREATE)).isEqualTo(refused);
        owner.active(GREET, CODE);
        assertThat(owner.ask(create("live"))).isEqualTo(refused);
        assertThat(owner.ask(new DeleteFunctionUrl(GREET, "$LATEST")))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_URL));
        assertThat(owner.ask(new UpdateFunctionUrl(GREET, "$LATEST", new FunctionUrlChange(null, null, null))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, NO_URL));
    }

    @Test
    void anUpdateChangesWhatItNamesAndNeverTheAddress() {
        owner.active(GREET, CODE);
        owner.completed(CREATE);
        owner.turn(Duration.ofSeconds(1));

        owner.completed(new UpdateFunctionUrl(
                GREET, "$LATEST", new FunctionUrlChange(AuthType.AWS_IAM, InvokeMode.RESPONSE_STREAM, null)));
        assertThat(owner.state.functionUrl(GREET, "$LATEST"))
                .contains(new FunctionUrlRecord(
                        GREET,
                        "$LATEST",
                        URL_ID,
                        AuthType.AWS_IAM,
                        InvokeMode.RESPONSE_STREAM,
                        CORS,
                        NOON,
                        NOON.plusSeconds(1)));

        owner.completed(new UpdateFunctionUrl(GREET, "$LATEST", new FunctionUrlChange(null, null, NOTHING)));
        assertThat(owner.state.functionUrl(GREET, "$LATEST").orElseThrow().cors())
                .isNull();
    }

    @Test
    void aUrlGoesAloneOrWithWhatItIsOf() {
        owner.active(GREET, CODE);
        createAlias();
        owner.completed(CREATE);
        owner.completed(create("live"));

        owner.completed(new DeleteAlias(GREET, "live"));
        assertThat(owner.state.functionUrl(GREET, "live")).isEmpty();
        assertThat(owner.state.functionUrl(GREET, "$LATEST")).isPresent();

        owner.completed(new DeleteFunctionUrl(GREET, "$LATEST"));
        assertThat(owner.state.functionUrl(GREET, "$LATEST")).isEmpty();

        owner.completed(CREATE);
        owner.completed(DELETE);
        assertThat(owner.state.functionUrl(GREET, "$LATEST")).isEmpty();
    }
}
