package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.invocation.ReadinessHint;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.ReadinessProtocol;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessApiTest {
    private final RunningApi api = new RunningApi();

    @BeforeEach
    void createFunction() {
        api.create("f", "");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> hint(String rest) {
        return api.post(ReadinessHint.PATH + rest, "");
    }

    private String counted() throws InterruptedException {
        var asked = api.worker.prepared().poll(30, TimeUnit.SECONDS);
        return asked == null ? "nothing" : asked.header(ReadinessProtocol.COUNT);
    }

    @Test
    void aBacklogHasAWorkerStartEnvironmentsAhead() throws Exception {
        assertThat(hint("f?Concurrency=7").statusCode()).isEqualTo(202);
        var asked = api.worker.prepared().poll(30, TimeUnit.SECONDS);
        assertThat(asked).isNotNull().satisfies(request -> {
            assertThat(request.header(ReadinessProtocol.COUNT)).isEqualTo("7");
            assertThat(request.header(InvocationProtocol.VERSION)).isEqualTo(RunningApi.ARN + "f:$LATEST");
            assertThat(request.header(InvocationProtocol.GENERATION)).isEqualTo("1");
        });
        assertThat(api.worker.asked()).isEmpty();
        assertThat(api.metrics.get("kappa.router.readiness.asked").counter().count())
                .isEqualTo(7);
    }

    @Test
    void theSameBacklogIsNotPreparedForTwice() throws Exception {
        hint(RunningApi.ARN + "f?Qualifier=$LATEST&Concurrency=2");
        hint("f?Concurrency=2");
        hint("f?Concurrency=3");
        assertThat(counted()).isEqualTo("2");
        assertThat(counted()).isEqualTo("3");
        assertThat(api.worker.prepared()).isEmpty();
    }

    @Test
    void noMoreIsPreparedThanIsReservedForTheFunction() throws Exception {
        api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":4}");
        hint("f?Concurrency=100");
        assertThat(counted()).isEqualTo("4");
    }

    @ParameterizedTest
    @CsvSource({"f?Concurrency=none,400", "f?Concurrency=0,400", "f,400", "g?Concurrency=1,404"})
    void whatMakesNoSenseIsRefused(String rest, int status) {
        assertThat(hint(rest).statusCode()).isEqualTo(status);
        assertThat(api.worker.prepared()).isEmpty();
    }
}
