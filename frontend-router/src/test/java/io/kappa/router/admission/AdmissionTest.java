package io.kappa.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission();

    private static FunctionRecord function(String name, @Nullable Integer reserved) {
        return new FunctionRecord(
                FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:" + name),
                0,
                null,
                0,
                Map.of(),
                reserved,
                false);
    }

    private void assertThrottled(FunctionRecord function) {
        assertThatThrownBy(() -> admission.enter(function))
                .isInstanceOfSatisfying(LambdaApiException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
                    assertThat(refusal.reason()).isEqualTo("ReservedFunctionConcurrentInvocationLimitExceeded");
                });
    }

    @Test
    void asManyMayRunAsAreReserved() {
        var function = function("f", 2);
        var first = admission.enter(function);
        admission.enter(function);
        assertThrottled(function);

        first.leave();

        admission.enter(function);
        assertThrottled(function);
    }

    @Test
    void whereNothingIsReservedNothingIsRefused() {
        for (int i = 0; i < 2000; i++) {
            admission.enter(function("f", null));
        }
    }

    @Test
    void aReservationOfZeroRefusesEverything() {
        assertThrottled(function("f", 0));
    }

    @Test
    void functionsAreCountedEachForItself() {
        admission.enter(function("f", 1));

        assertThatCode(() -> admission.enter(function("g", 1))).doesNotThrowAnyException();
        assertThrottled(function("f", 1));
    }

    @Test
    void aPlaceIsLeftOnceHoweverOftenItIsSaid() {
        var function = function("f", 1);
        var place = admission.enter(function);
        place.leave();
        place.leave();

        admission.enter(function);
        assertThrottled(function);
    }

    @Test
    void aSmallerReservationHoldsFromTheNextInvocationOn() {
        var first = admission.enter(function("f", 2));
        admission.enter(function("f", 2));

        assertThrottled(function("f", 1));
        first.leave();
        assertThrottled(function("f", 1));
    }

    @Test
    void noMoreThanReservedEverRunAtOnce() throws Exception {
        var function = function("f", 3);
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var tasks = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                tasks.add(threads.submit(() -> {
                    for (int j = 0; j < 10_000; j++) {
                        try {
                            var place = admission.enter(function);
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            running.decrementAndGet();
                            place.leave();
                        } catch (LambdaApiException e) {
                            Thread.onSpinWait(); // Refused, as some must be.
                        }
                    }
                }));
            }
        }
        for (var task : tasks) {
            task.get();
        }
        assertThat(most.get()).isBetween(1, 3);
        for (int i = 0; i < 3; i++) {
            admission.enter(function);
        }
        assertThrottled(function);
    }
}
