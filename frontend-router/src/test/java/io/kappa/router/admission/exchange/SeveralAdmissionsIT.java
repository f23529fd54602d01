package io.kappa.router.admission.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.admission.AccountLimits;
import io.kappa.router.admission.Admission;
import io.kappa.router.admission.Admission.Place;
import io.kappa.router.admission.AdmissionSettings;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.dispatch.Samples;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AccountQuotas;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several routers' admissions, which meet in Kafka and nowhere else. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeveralAdmissionsIT {
    private static final String ACCOUNT = "000000000000";
    private static final int CONCURRENCY = 30;
    private static final int RESERVED = 10;
    private static final int TIMEOUT = 1;
    private static final FunctionArn F = arn("f");
    private static final FunctionArn G = arn("g");
    private static final AdmissionSettings SETTINGS =
            new AdmissionSettings(Duration.ofSeconds(3), Duration.ofSeconds(5), false);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long BETWEEN_LOOKS = Duration.ofMillis(5).toNanos();

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final List<Router> routers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean calling = new AtomicBoolean(true);

    private final Tally all = new Tally();
    private final Tally ofF = new Tally();
    private long sequence;

    private static FunctionArn arn(String name) {
        return FunctionArn.parse("arn:aws:lambda:us-east-1:" + ACCOUNT + ":function:" + name);
    }

    /** How many run, and the most that ever did. */
    private static final class Tally {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger begun = new AtomicInteger();

        void begin() {
            begun.incrementAndGet();
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
        }

        void end() {
            running.decrementAndGet();
        }
    }

    private final class Router implements AutoCloseable {
        private final RegistryView view = new RegistryView();
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final Admission admission;
        private final KafkaLots lots;
        private final List<Future<?>> callers = new ArrayList<>();
        private volatile boolean closed;

        Router(String name) {
            reserve(view, F, RESERVED);
            reserve(view, G, null);
            var limits = new AccountLimits(new AccountQuotas(CONCURRENCY), ACCOUNT, "us-east-1", view);
            admission = new Admission(new HolderId(name, "1"), limits, _ -> 0, SETTINGS, meters, System::nanoTime);
            lots = new KafkaLots(
                    kafka, ACCOUNT, admission, limits, SETTINGS, CompletableFuture.completedFuture(null), meters);
        }

        boolean isOwner() {
            return meters.get("kappa.router.lots.owned").gauge().value() > 0;
        }

        /** Null where it is refused, whether by the router or, for its lateness, by the worker. */
        @Nullable
        Place enter(FunctionArn function) {
            try {
                var version = new VersionArn(function, new Version.Latest());
                var place = admission.enter(version, TIMEOUT);
                if (place == null) {
                    place = admission
                            .await(version, TIMEOUT)
                            .toCompletableFuture()
                            .join();
                }
                if (System.nanoTime() - place.startBefore() >= 0) {
                    place.leave();
                    return null;
                }
                return place;
            } catch (LambdaApiException e) {
                return null;
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(LambdaApiException.class);
                return null;
            }
        }

        /** Invokes again and again, a few at a time. */
        void call(long seed) {
            callers.add(threads.submit(() -> {
                var random = new Random(seed);
                while (calling.get() && !closed) {
                    var function = random.nextBoolean() ? F : G;
                    var places = new ArrayList<Place>();
                    int count = 1 + random.nextInt(12);
                    for (var place = enter(function);
                            place != null;
                            place = places.size() < count ? enter(function) : null) {
                        places.add(place);
                        begin(function);
                    }
                    Thread.onSpinWait();
                    for (var place : places) {
                        end(function);
                        place.leave();
                    }
                }
                return null;
            }));
        }

        @Override
        public void close() {
            closed = true;
            callers.forEach(SeveralAdmissionsIT::join);
            lots.close();
        }
    }

    private void begin(FunctionArn function) {
        all.begin();
        if (function.equals(F)) {
            ofF.begin();
        }
    }

    private void end(FunctionArn function) {
        all.end();
        if (function.equals(F)) {
            ofF.end();
        }
    }

    private static void join(Future<?> future) {
        try {
            future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void reserve(RegistryView view, FunctionArn function, @Nullable Integer reserved) {
        var latest = Samples.latest(function.name().value(), 128, TIMEOUT);
        put(view, new FunctionRecord(function, 0, null, 0, Map.of(), reserved, false));
        put(
                view,
                new VersionRecord(
                        new VersionArn(function, new Version.Latest()),
                        latest.requested(),
                        null,
                        latest.lastModified(),
                        "r",
                        VersionRecord.State.ACTIVE,
                        VersionRecord.LastUpdate.SUCCESSFUL));
    }

    private void put(RegistryView view, RegistryRecord record) {
        view.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    @BeforeEach
    void makeTopics() throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.ADMISSION_REQUESTS, Topic.ADMISSION_GRANTS);
    }

    @AfterEach
    void close() {
        calling.set(false);
        routers.forEach(Router::close);
        threads.close();
    }

    private Router start(String name) {
        var router = new Router(name);
        routers.add(router);
        until(() -> router.admission.problem().isEmpty());
        return router;
    }

    private void stop(Router router) {
        routers.remove(router);
        router.close();
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("still waiting").isNegative();
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
    }

    private static List<Place> enterAll(Router router, FunctionArn function) {
        var places = new ArrayList<Place>();
        for (var place = router.enter(function); place != null; place = router.enter(function)) {
            places.add(place);
        }
        return places;
    }

    @Test
    void aRouterThatIsAloneHoldsEverything() {
        var router = start("a");

        assertThat(enterAll(router, F)).hasSize(RESERVED);
        assertThat(enterAll(router, G)).hasSize(CONCURRENCY - RESERVED);
    }

    @Test
    void oneThatComesLaterIsGivenWhatTheOtherDoesNotUse() {
        var first = start("a");
        var used = List.of(first.enter(F), first.enter(F), first.enter(F));
        var second = start("b");

        assertThat(used).doesNotContainNull();
        assertThat(enterAll(second, F)).hasSize(RESERVED - 3);
    }

    @Test
    void theOnlyTokenIsThereForWhicheverRouterIsAskedWhileNobodyUsesIt() {
        var both = List.of(start("a"), start("b"));
        both.forEach(router -> reserve(router.view, F, 1));

        for (int turn = 0; turn < 6; turn++) {
            var router = both.get(turn % 2);
            until(() ->
                    entersAndLeaves(router)); // Refused only where a machine under load keeps the other from answering.
        }
    }

    private static boolean entersAndLeaves(Router router) {
        var place = router.enter(F);
        if (place != null) {
            place.leave();
        }
        return place != null;
    }

    @Test
    void whatAStoppedRouterHeldIsThereAtOnce() {
        var first = start("a");
        var second = start("b");
        stop(first);

        assertThat(enterAll(second, F)).hasSize(RESERVED);
        assertThat(enterAll(second, G)).hasSize(CONCURRENCY - RESERVED);
    }

    @Test
    void noMoreRunThanMayWhileLimitsChangeAndRoutersComeAndGoAndThenAllOfItIsThere() {
        for (var name : List.of("a", "b", "c")) {
            start(name).call(routers.size());
        }
        var random = new Random(5);
        for (int i = 0; i < 6; i++) {
            int begun = all.begun.get();
            int reserved = 1 + random.nextInt(RESERVED);
            routers.forEach(router -> reserve(router.view, F, reserved));
            var owner = routers.stream().filter(Router::isOwner).findFirst();
            if (owner.isPresent() && i % 2 == 0) {
                stop(owner.get());
            } else {
                start("d" + i).call(i);
            }
            until(() -> routers.stream().anyMatch(Router::isOwner) && all.begun.get() > begun + 1000);
        }
        calling.set(false);
        routers.forEach(router -> router.callers.forEach(SeveralAdmissionsIT::join));
        routers.forEach(router -> reserve(router.view, F, RESERVED));

        assertThat(ofF.most.get()).isBetween(2, RESERVED);
        assertThat(all.most.get()).isBetween(3, CONCURRENCY);
        var last = routers.getLast();
        var all = new ArrayList<Place>();
        until(() -> {
            all.addAll(enterAll(last, F));
            return all.size() == RESERVED;
        });
    }
}
