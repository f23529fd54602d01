package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.router.registry.AccountQuotas;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyLimitsApiTest {
    private static final int CALLERS = 2000;
    private static final int LIMIT = 50;

    /** Keeps what it is asked to run, and counts how much that is at once. */
    private static final class Counting {
        private final Queue<Runnable> running = new ConcurrentLinkedQueue<>();
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        Counting(RunningApi api) {
            api.worker.does(request -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                running.add(() -> request.response()
                        .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                        .end("1"));
            });
        }

        void finishAll() {
            for (var end = running.poll(); end != null; end = running.poll()) {
                now.decrementAndGet();
                end.run();
            }
        }
    }

    private static List<CompletableFuture<HttpResponse<String>>> burst(RunningApi api, HttpClient client) {
        var request = HttpRequest.newBuilder(api.uri(RunningApi.FUNCTIONS + "/f/invocations"))
                .timeout(Duration.ofMinutes(1))
                .POST(BodyPublishers.ofString("{}"))
                .build();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < CALLERS; i++) {
            answers.add(client.sendAsync(request, BodyHandlers.ofString()));
        }
        return answers;
    }

    @ParameterizedTest
    @CsvSource({
        "account, ConcurrentInvocationLimitExceeded",
        "reserved, ReservedFunctionConcurrentInvocationLimitExceeded"
    })
    void ofTwoThousandAtOnceFiftyRunAndEveryOtherIsThrottled(String limit, String reason) throws InterruptedException {
        // given
        var quotas = limit.equals("account") ? new AccountQuotas(LIMIT) : AccountQuotas.DEFAULTS;
        try (var api = new RunningApi(256, quotas);
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            api.create("f", "");
            if (limit.equals("reserved")) {
                api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":" + LIMIT + "}");
            }
            var counting = new Counting(api);
            var refused = new CountDownLatch(CALLERS - LIMIT);
            // when
            var answers = burst(api, client);
            for (var answer : answers) {
                var _ = answer.thenRun(refused::countDown);
            }
            // then
            assertThat(refused.await(1, TimeUnit.MINUTES)).isTrue();
            while (counting.now.get() < LIMIT) {
                Thread.onSpinWait(); // Admitted, and still on their way to the worker.
            }
            assertThat(gauge(api, "kappa.router.concurrent.executions")).isEqualTo(LIMIT);
            counting.finishAll();
            int served = 0;
            for (var answer : answers) {
                var response = answer.join();
                if (response.statusCode() == 200) {
                    served++;
                } else {
                    assertThat(response.statusCode()).isEqualTo(429);
                    assertThat(response.body())
                            .isEqualTo(
                                    "{\"Reason\":\"" + reason + "\",\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}");
                    assertThat(response.headers().firstValue("x-amzn-ErrorType"))
                            .hasValue("TooManyRequestsException");
                    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
                }
            }
            assertThat(served).isEqualTo(LIMIT);
            assertThat(counting.most).hasValue(LIMIT);
            assertThat(api.worker.asked()).hasSize(LIMIT);
            assertThat(api.metrics
                            .get("kappa.router.throttles")
                            .tag("reason", reason)
                            .counter()
                            .count())
                    .isEqualTo(CALLERS - LIMIT);
            api.awaitNothingLeft();
            assertThat(gauge(api, "kappa.router.concurrent.executions")).isEqualTo(0);
        }
    }

    private static double gauge(RunningApi api, String name) {
        return api.metrics.get(name).gauge().value();
    }

    @Test
    void theAccountsQuotaIsShown() {
        try (var api = new RunningApi(256, new AccountQuotas(120))) {
            api.create("f", "");
            api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":20}");

            assertThat(api.get("/2016-08-19/account-settings").body())
                    .contains("\"ConcurrentExecutions\":120,\"UnreservedConcurrentExecutions\":100");
        }
    }

    @Test
    void aFunctionOfAMillisecondIsHeldToTenRequestsASecondForEachThatMayRun() {
        try (var api = new RunningApi(256, new AccountQuotas(1))) {
            api.create("f", "");
            for (int i = 0; i < 10; i++) {
                assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
            }
            assertThat(api.invoke("f", "{}").body()).contains("\"Reason\":\"FunctionInvocationRateLimitExceeded\"");

            api.clock.turn(Duration.ofMillis(100));

            assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
            assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(429);
        }
    }
}
