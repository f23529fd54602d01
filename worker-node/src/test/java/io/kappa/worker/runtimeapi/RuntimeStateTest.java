package io.kappa.worker.runtimeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.runtimeapi.RuntimeState.Call;
import io.kappa.worker.runtimeapi.RuntimeState.Gone;
import io.kappa.worker.runtimeapi.RuntimeState.InitError;
import io.kappa.worker.runtimeapi.RuntimeState.InvocationErrorResponse;
import io.kappa.worker.runtimeapi.RuntimeState.InvocationResponse;
import io.kappa.worker.runtimeapi.RuntimeState.Ready;
import io.kappa.worker.runtimeapi.RuntimeState.ResponseSent;
import io.kappa.worker.runtimeapi.RuntimeState.ResponseTruncated;
import io.kappa.worker.runtimeapi.RuntimeState.RestoreError;
import io.kappa.worker.runtimeapi.RuntimeState.RestoreReady;
import io.kappa.worker.runtimeapi.RuntimeState.Running;
import io.kappa.worker.runtimeapi.RuntimeState.Started;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RuntimeStateTest {
    private static final InvocationEvent EVENT =
            new InvocationEvent("id-1", 0, "arn", "", "", "", "", Buffer.buffer("{}"), false);

    private static final List<RuntimeState> STATES = List.of(
            new Gone(),
            new Started(),
            new InitError(),
            new RestoreReady(),
            new RestoreError(),
            new Ready("id-0"),
            new Running(EVENT),
            new InvocationResponse(EVENT),
            new InvocationErrorResponse(EVENT),
            new ResponseTruncated(EVENT),
            new ResponseSent("id-1"));

    /** Every call that is allowed; all others are refused. */
    private static final Map<RuntimeState, Map<Call, RuntimeState>> ALLOWED = Map.of(
            new Started(),
                    Map.of(
                            Call.NEXT, new Ready(""),
                            Call.INIT_ERROR, new InitError(),
                            Call.RESTORE_NEXT, new RestoreReady()),
            new RestoreReady(), Map.of(Call.NEXT, new Ready(""), Call.RESTORE_ERROR, new RestoreError()),
            new Ready("id-0"), Map.of(Call.NEXT, new Ready("id-0")),
            new Running(EVENT),
                    Map.of(
                            Call.NEXT, new Running(EVENT),
                            Call.RESPONSE, new InvocationResponse(EVENT),
                            Call.ERROR, new InvocationErrorResponse(EVENT)),
            new ResponseTruncated(EVENT),
                    Map.of(Call.NEXT, new Ready("id-1"), Call.ERROR, new InvocationErrorResponse(EVENT)),
            new ResponseSent("id-1"), Map.of(Call.NEXT, new Ready("id-1")));

    static Stream<Arguments> everyStateAndCall() {
        return STATES.stream().flatMap(state -> Arrays.stream(Call.values()).map(call -> Arguments.of(state, call)));
    }

    @ParameterizedTest
    @MethodSource("everyStateAndCall")
    void allowsExactlyTheCallsOfLambdasStateMachine(RuntimeState state, Call call) {
        var expected = ALLOWED.getOrDefault(state, Map.of()).get(call);

        assertThat(state.after(call)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void everyStateIsPartOfTheTable() {
        var kinds = STATES.stream().map(RuntimeState::name).toList();

        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "Gone",
                        "Started",
                        "InitError",
                        "RestoreReady",
                        "RestoreError",
                        "Ready",
                        "Running",
                        "InvocationResponse",
                        "InvocationErrorResponse",
                        "ResponseTruncated",
                        "ResponseSent");
    }

    @Test
    void anAnswerThatBreaksOffLeavesTheInvocationRunning() {
        assertThat(new InvocationResponse(EVENT).interrupted()).isEqualTo(new Running(EVENT));
        assertThat(new InvocationErrorResponse(EVENT).interrupted()).isEqualTo(new Running(EVENT));
    }

    @Test
    void anAnswerThatHasArrivedIsRememberedByItsRequestId() {
        assertThat(new InvocationResponse(EVENT).received().requestId()).isEqualTo("id-1");
        assertThat(new InvocationErrorResponse(EVENT).received().requestId()).isEqualTo("id-1");
    }
}
