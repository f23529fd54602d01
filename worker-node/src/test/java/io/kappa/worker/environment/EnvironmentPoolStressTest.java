package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.InvocationEvent;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads bring invocations, environments live on several loops, and there is room for few of them. */
class EnvironmentPoolStressTest {
    private static final int THREADS = 4;
    private static final int INVOCATIONS = 5_000;

    private final List<ThreadLoop> loops = List.of(new ThreadLoop(), new ThreadLoop(), new ThreadLoop());
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final AtomicInteger twiceAtOnce = new AtomicInteger();

    @AfterEach
    void stopLoops() {
        loops.forEach(loop -> loop.thread.shutdownNow());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyInvocationIsAnsweredOnceAndRunsAlone(long seed) throws Exception {
        // given
        var pool = new EnvironmentPool(
                new EnvironmentPoolSettings(
                        8 * 128, 8, Duration.ofDays(1), Duration.ofDays(1), new MemoryPressureSettings(0, 100)),
                (key, deployment, type, owner) -> new Environment(
                        new EnvironmentPlan(key, deployment, new EnvironmentName("0", "group", "stream"), type),
                        loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size())),
                        this::prepare,
                        Runnable::run,
                        new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMinutes(1)),
                        owner,
                        new EnvironmentMetrics(new SimpleMeterRegistry()),
                        (_, _) -> {}),
                _ -> true,
                new FastTime(),
                () -> new MachineMemory.Reading(1024, 0),
                new EnvironmentMetrics(new SimpleMeterRegistry()));
        var answered = new AtomicInteger();
        var ran = new AtomicInteger();
        var all = new CountDownLatch(THREADS * INVOCATIONS);
        // when
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < THREADS; t++) {
            var random = new Random(seed * 31 + t);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < INVOCATIONS; i++) {
                    var key = key("f" + random.nextInt(12));
                    var deployment = Bench.deployment(1, Bench.configuration(128, Map.of()));
                    pool.invoke(key, deployment, Bench.invocation("r"), outcome -> {
                        answered.incrementAndGet();
                        ran.addAndGet(
                                switch (outcome) {
                                    case Result _ -> 1;
                                    case Refused _ -> 0;
                                    default -> Integer.MIN_VALUE;
                                });
                        all.countDown();
                    });
                    if (random.nextInt(50) == 0) {
                        pool.review(key.version().function());
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        // then
        assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(answered).hasValue(THREADS * INVOCATIONS);
        assertThat(ran).hasPositiveValue();
        assertThat(twiceAtOnce).hasValue(0);
        pool.drain(Duration.ofSeconds(60));
        assertThat(pool.usage()).isEqualTo(new EnvironmentPool.Usage(0, 0, 0, true));
        pool.close();
    }

    private static EnvironmentKey key(String name) {
        var function = new FunctionArn("us-east-1", "123456789012", new FunctionName(name));
        return new EnvironmentKey(new VersionArn(function, new Version.Latest()), 1);
    }

    private void prepare(
            EnvironmentPlan plan,
            EventLoop loop,
            RuntimeListener listener,
            Consumer<EnvironmentWorkshop.Preparation> done) {
        var api = new EagerRuntime(loop, listener);
        var start = new RuntimeProcess.Start(List.of("x"), Map.of());
        done.accept(
                new Prepared(new Parts(new FakeSandbox(), api, "python:3.12.4", start, new Silence(), null, () -> {})));
    }

    /** A runtime that is ready at once and answers everything. */
    private final class EagerRuntime implements RuntimeApi {
        private final EventLoop loop;
        private final RuntimeListener listener;
        private final AtomicInteger running = new AtomicInteger();

        EagerRuntime(EventLoop loop, RuntimeListener listener) {
            this.loop = loop;
            this.listener = listener;
        }

        @Override
        public String address() {
            return "127.0.0.1:9001";
        }

        @Override
        public void expectRuntime() {
            loop.execute(listener::polled);
        }

        @Override
        public void forgetRuntime() {}

        @Override
        public void give(InvocationEvent event) {
            if (running.incrementAndGet() > 1) {
                twiceAtOnce.incrementAndGet();
            }
            loop.execute(() -> {
                listener.responded(event.payload());
                loop.execute(() -> {
                    running.decrementAndGet();
                    listener.polled();
                });
            });
        }

        @Override
        public void close() {}
    }

    /** A time that runs as fast as it is looked at, so that everything late is late at once. */
    private static final class FastTime implements PoolTime {
        private final AtomicLong now = new AtomicLong();

        @Override
        public long nanoTime() {
            return now.addAndGet(Duration.ofMillis(1).toNanos());
        }

        @Override
        public void after(Duration delay, Runnable task) {
            Thread.ofVirtual().start(task);
        }
    }

    private static final class Silence implements EnvironmentLog {
        @Override
        public void line(long timeMillis, String requestId, String message) {}

        @Override
        public void close() {}
    }

    /** An event loop with a thread of its own, on which no timer ever rings. */
    private static final class ThreadLoop implements EventLoop {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            return () -> {};
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return System.currentTimeMillis();
        }
    }
}
