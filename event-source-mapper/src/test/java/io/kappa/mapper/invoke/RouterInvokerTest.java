package io.kappa.mapper.invoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.router.ErrorPayload;
import io.kappa.access.router.InvokeAnswer;
import io.kappa.mapper.invoke.InvokeOutcome.Why;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RouterInvokerTest {

    @Test
    void aFunctionErrorIsAFailureOfTheFunction() {
        var error = new ErrorPayload("KeyError", "no such order", null);

        assertThat(RouterInvoker.outcome(new InvokeAnswer.FunctionFailed("7", error, new byte[0])))
                .isEqualTo(new InvokeOutcome.FunctionFailed("7", "KeyError", "no such order"));
    }

    @ParameterizedTest
    @EnumSource
    void whatWasNotRunSaysWhyAndWhatTheRouterCallsIt(InvokeAnswer.Why why) {
        var error = new ErrorPayload("", "for a reason", null);

        assertThat(RouterInvoker.outcome(new InvokeAnswer.NotRun(why, 400, "SomeException", error)))
                .isEqualTo(new InvokeOutcome.NotRun(Why.valueOf(why.name()), "SomeException: for a reason"));
    }

    @Test
    void aLoopIsToldFromOtherRefusals() {
        var error = new ErrorPayload("", "stopped", null);

        assertThat(RouterInvoker.outcome(
                        new InvokeAnswer.NotRun(InvokeAnswer.Why.REFUSED, 400, "RecursiveInvocationException", error)))
                .isEqualTo(new InvokeOutcome.NotRun(Why.LOOP, "RecursiveInvocationException: stopped"));
    }

    @Test
    void noAnswerIsThePlatformsFault() {
        assertThat(RouterInvoker.outcome(new InvokeAnswer.NoAnswer("the connection broke")))
                .isEqualTo(new InvokeOutcome.NotRun(Why.PLATFORM_ERROR, "the connection broke"));
    }
}
