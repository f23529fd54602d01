package io.kappa.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.admission.Admission.Place;
import io.kappa.router.admission.lots.Pool;
import io.kappa.router.dispatch.Samples;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AccountQuotas;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final String CONCURRENCY = "ConcurrentInvocationLimitExceeded";
    private static final String RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded";
    private static final String RATE = "FunctionInvocationRateLimitExceeded";
    private static final String RESERVED_RATE = "ReservedFunctionInvocationRateLimitExceeded";

    private static final VersionRecord LATEST = Samples.latest("f", 128, 3);
    private static final FunctionArn F = arn("f");
    private static final FunctionArn G = arn("g");
    private static final FunctionArn H = arn("h");

    private final RegistryView view = new RegistryView();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(-17);
    private int usable;
    private @Nullable LoneRouter router;
    private long sequence;

    private static FunctionArn arn(String name) {
        return FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:" + name);
    }

    private Admission admission(int concurrency) {
        router = new LoneRouter(
                new AccountQuotas(concurrency), "000000000000", "us-east-1", view, _ -> usable, meters, nanos::get);
        return router.admission();
    }

    /** Makes the function where it is not there yet, and has so many reserved for it. */
    private void reserve(FunctionArn function, @Nullable Integer reserved) {
        put(new FunctionRecord(function, 0, null, 0, Map.of(), reserved, false));
        put(new VersionRecord(
                new VersionArn(function, new Version.Latest()),
                LATEST.requested(),
                null,
                LATEST.lastModified(),
                "r",
                State.ACTIVE,
                LastUpdate.SUCCESSFUL));
    }

    /** Has so much provisioned of a version, and all of it ready. */
    private VersionArn provision(FunctionArn function, int version, int environments) {
        var arn = new VersionArn(function, new Version.Published(version));
        put(new ProvisionedConcurrencyRecord(function, Integer.toString(version), environments, LATEST.lastModified()));
        usable = environments;
        return arn;
    }

    private void delete(FunctionArn function) {
        put(new FunctionRecord(function, 0, null, 0, Map.of(), null, true));
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static VersionArn latest(FunctionArn function) {
        return new VersionArn(function, new Version.Latest());
    }

    private Place enter(Admission admission, FunctionArn function) {
        return enter(admission, latest(function));
    }

    private Place enter(Admission admission, VersionArn version) {
        var place = admission.enter(version, 3);
        if (place != null) {
            return place;
        }
        var awaited = admission.await(version, 3).toCompletableFuture();
        for (int i = 0; i < 200 && !awaited.isDone(); i++) {
            router().exchange();
        }
        try {
            return Objects.requireNonNull(awaited.getNow(null), "it waits");
        } catch (CompletionException e) {
            throw (LambdaApiException) e.getCause();
        }
    }

    private List<Place> enter(Admission admission, FunctionArn function, int times) {
        var places = new ArrayList<Place>();
        for (int i = 0; i < times; i++) {
            places.add(enter(admission, function));
        }
        return places;
    }

    private void assertThrottled(Admission admission, FunctionArn function, String reason) {
        assertThrottled(admission, latest(function), reason);
    }

    private void assertThrottled(Admission admission, VersionArn version, String reason) {
        assertThatThrownBy(() -> enter(admission, version))
                .isInstanceOfSatisfying(LambdaApiException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
                    assertThat(refusal.reason()).isEqualTo(reason);
                });
    }

    private double count(String name) {
        return meters.get(name).counter().count();
    }

    private double gauge(String name, FunctionArn function) {
        return meters.get(name).tag("function", function.name().value()).gauge().value();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    @Test
    void whatIsProvisionedIsNobodyElsesAndTheRestSpillsOver() {
        reserve(F, null);
        reserve(G, null);
        var version = provision(F, 1, 4);
        var admission = admission(10);
        enter(admission, G, 6);
        assertThrottled(admission, G, CONCURRENCY);

        var places = new ArrayList<Place>();
        for (int i = 0; i < 4; i++) {
            places.add(enter(admission, version));
        }
        assertThat(gauge("kappa.router.provisioned.concurrent.executions")).isEqualTo(4);
        assertThat(gauge("kappa.router.function.concurrent.executions", F)).isEqualTo(4);
        assertThrottled(admission, version, CONCURRENCY);
        places.removeLast().leave();
        enter(admission, version);
        assertThat(count("kappa.router.provisioned.invocations")).isEqualTo(5);
    }

    @Test
    void beyondWhatIsProvisionedInvocationsSpillOver() {
        reserve(F, null);
        var version = provision(F, 1, 2);
        var admission = admission(10);
        for (int i = 0; i < 10; i++) {
            enter(admission, version);
        }
        assertThat(count("kappa.router.provisioned.invocations")).isEqualTo(2);
        assertThat(count("kappa.router.provisioned.spillovers")).isEqualTo(8);
        assertThrottled(admission, version, CONCURRENCY);
    }

    @Test
    void whatIsProvisionedIsPartOfTheReservationAndLeavesTheRestToOtherVersions() {
        reserve(F, 3);
        var version = provision(F, 1, 2);
        var admission = admission(1000);
        enter(admission, F);
        assertThrottled(admission, F, RESERVED);
        enter(admission, version);
        enter(admission, version);
        assertThrottled(admission, version, RESERVED);
        assertThat(gauge("kappa.router.claimed.account.concurrency")).isEqualTo(3);
    }

    @Test
    void whereAllThatIsReservedIsProvisionedOtherVersionsAreThrottledEntirely() {
        reserve(F, 2);
        provision(F, 1, 2);
        var admission = admission(1000);
        assertThrottled(admission, F, RESERVED);
    }

    @Test
    void nothingOfWhatIsProvisionedIsUsedBeforeAllOfItIsReady() {
        reserve(F, null);
        var version = provision(F, 1, 4);
        usable = 0;
        var admission = admission(10);
        for (int i = 0; i < 6; i++) {
            enter(admission, version);
        }
        assertThat(gauge("kappa.router.provisioned.concurrent.executions")).isZero();
        assertThrottled(admission, version, CONCURRENCY);
        usable = 4;
        enter(admission, version);
        assertThat(gauge("kappa.router.provisioned.concurrent.executions")).isEqualTo(1);
    }

    @Test
    void provisionedConcurrencyServesTenRequestsASecondForEach() {
        reserve(F, null);
        var version = provision(F, 1, 2);
        var admission = admission(10);
        for (int i = 0; i < 25; i++) {
            enter(admission, version).leave();
        }
        assertThat(count("kappa.router.provisioned.invocations")).isEqualTo(20);
        assertThat(count("kappa.router.provisioned.spillovers")).isEqualTo(5);
    }

    @Test
    void whatIsProvisionedNoLongerIsEverybodysOnceItHasEnded() {
        reserve(F, null);
        reserve(G, null);
        var version = provision(F, 1, 4);
        var admission = admission(10);
        var place = enter(admission, version);
        view.apply(new ProvisionedConcurrencyRecord(F, "1", 4, LATEST.lastModified()).key(), null, ++sequence);

        enter(admission, G, 9);
        assertThrottled(admission, G, CONCURRENCY);
        place.leave();
        enter(admission, G);
        assertThat(gauge("kappa.router.provisioned.concurrent.executions")).isZero();
    }

    @Test
    void asManyMayRunAsAreReserved() {
        reserve(F, 2);
        var admission = admission(1000);
        var first = enter(admission, F);
        enter(admission, F);
        assertThrottled(admission, F, RESERVED);

        first.leave();

        enter(admission, F);
        assertThrottled(admission, F, RESERVED);
    }

    @Test
    void functionsWithoutAReservationShareWhatReservationsLeave() {
        reserve(F, 3);
        var admission = admission(10);
        enter(admission, G, 4);
        var last = enter(admission, H, 3).getLast();

        assertThrottled(admission, G, CONCURRENCY);
        assertThrottled(admission, H, CONCURRENCY);
        last.leave();
        enter(admission, G);
        enter(admission, F, 3);
        assertThrottled(admission, F, RESERVED);
    }

    @Test
    void aReservationOfZeroRefusesEverything() {
        reserve(F, 0);
        assertThrottled(admission(1000), F, RESERVED);
    }

    @Test
    void reservationsOfOtherAccountsAndRegionsTakeNothing() {
        reserve(FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:f"), 9);
        reserve(FunctionArn.parse("arn:aws:lambda:eu-west-1:000000000000:function:f"), 9);

        enter(admission(10), G, 10);
    }

    @Test
    void aPlaceIsLeftOnceHoweverOftenItIsSaid() {
        reserve(F, 1);
        var admission = admission(1000);
        var place = enter(admission, F);
        place.leave();
        place.leave();

        enter(admission, F);
        assertThrottled(admission, F, RESERVED);
    }

    @Test
    void aSmallerReservationHoldsFromTheNextInvocationOn() {
        reserve(F, 2);
        var admission = admission(1000);
        var first = enter(admission, F, 2).getFirst();

        reserve(F, 1);

        assertThrottled(admission, F, RESERVED);
        first.leave();
        assertThrottled(admission, F, RESERVED);
    }

    @Test
    void whatRanBeforeAReservationWasMadeCountsInIt() {
        var admission = admission(10);
        var running = enter(admission, F, 4);

        reserve(F, 4);

        assertThrottled(admission, F, RESERVED);
        assertThat(gauge("kappa.router.unreserved.concurrent.executions")).isEqualTo(0);
        enter(admission, G, 6);
        running.getFirst().leave();
        assertThrottled(admission, G, CONCURRENCY);
        enter(admission, F);
    }

    @Test
    void whatRunsWhenAReservationIsDeletedCountsAmongTheOthers() {
        reserve(F, 4);
        var admission = admission(10);
        var running = enter(admission, F, 4);

        reserve(F, null);

        enter(admission, G, 6);
        assertThrottled(admission, G, CONCURRENCY);
        running.forEach(Place::leave);
        enter(admission, F, 4);
        assertThrottled(admission, F, CONCURRENCY);
    }

    @Test
    void aDeletedFunctionReservesNothing() {
        reserve(F, 4);
        var admission = admission(10);

        delete(F);

        enter(admission, G, 10);
    }

    @Test
    void theAccountsLimitHoldsWhileAReservationWaitsForOthersToEnd() {
        var admission = admission(10);
        var others = enter(admission, G, 10);

        reserve(F, 4);

        assertThrottled(admission, F, CONCURRENCY);
        others.getFirst().leave();
        assertThrottled(admission, G, CONCURRENCY);
        enter(admission, F);
        assertThrottled(admission, F, CONCURRENCY);
    }

    @Test
    void ofReservationsBeyondALoweredQuotaNoMoreRunsThanTheAccountMay() {
        reserve(F, 8);
        reserve(G, 8);
        var admission = admission(10);
        enter(admission, F, 8);
        enter(admission, G, 2);

        assertThrottled(admission, G, CONCURRENCY);
        assertThrottled(admission, H, CONCURRENCY);
    }

    @Test
    void tenTimesAsManyRequestsComeInASecondAsMayRunAtOnce() {
        reserve(F, 2);
        var admission = admission(12);
        for (int i = 0; i < 20; i++) {
            enter(admission, F).leave();
        }
        assertThrottled(admission, F, RESERVED_RATE);
        for (int i = 0; i < 100; i++) {
            enter(admission, i % 2 == 0 ? G : H).leave();
        }
        assertThrottled(admission, G, RATE);

        pass(Duration.ofMillis(50));

        enter(admission, F).leave();
        assertThrottled(admission, F, RESERVED_RATE);
        for (int i = 0; i < 5; i++) {
            enter(admission, G).leave();
        }
        assertThrottled(admission, H, RATE);
    }

    @Test
    void aThousandFurtherEnvironmentsInTenSecondsForEachFunction() {
        var admission = admission(4000);
        var running = enter(admission, F, 1000);
        assertThrottled(admission, F, RATE);
        enter(admission, G, 1000);

        pass(Duration.ofSeconds(1));

        running.addAll(enter(admission, F, 100));
        assertThrottled(admission, F, RATE);
        running.forEach(Place::leave);
        enter(admission, F, 1100); // Their environments are there.
        assertThrottled(admission, F, RATE);
    }

    @Test
    void whatIsRefusedHoldsNothing() {
        var admission = admission(4000);
        var running = enter(admission, F, 1000);
        for (int i = 0; i < 50; i++) {
            assertThrottled(admission, F, RATE);
        }
        running.forEach(Place::leave);

        assertThat(gauge("kappa.router.concurrent.executions")).isEqualTo(0);
        assertThat(gauge("kappa.router.unreserved.concurrent.executions")).isEqualTo(0);
    }

    @Test
    void metricsTellWhatRunsAndWhatIsClaimed() {
        reserve(F, 4);
        var admission = admission(1000);
        enter(admission, F);
        enter(admission, G, 2);

        assertThat(gauge("kappa.router.concurrent.executions")).isEqualTo(3);
        assertThat(gauge("kappa.router.unreserved.concurrent.executions")).isEqualTo(2);
        assertThat(gauge("kappa.router.claimed.account.concurrency")).isEqualTo(6);
        assertThat(meters.get("kappa.router.function.concurrent.executions")
                        .tag("function", "g")
                        .gauge()
                        .value())
                .isEqualTo(2);
    }

    private LoneRouter router() {
        return Objects.requireNonNull(router);
    }

    @Test
    void whatMayRunStillIsCountedUntilItCannot() {
        reserve(F, 1);
        var admission = admission(1000);
        var place = enter(admission, F);

        place.abandon();

        assertThrottled(admission, F, RESERVED);
        pass(Duration.ofSeconds(15 + 3)); // The lease and the timeout, but not yet what a worker takes to enforce it.
        router().exchange();
        assertThrottled(admission, F, RESERVED);
        pass(Duration.ofSeconds(6));
        router().exchange();
        enter(admission, F);
    }

    @Test
    void whatIsAdmittedMayBeginUntilTheLeaseIsOver() {
        var admission = admission(1000);
        var place = enter(admission, F);
        long lease = AdmissionSettings.DEFAULTS.lease().toNanos();
        long first = place.startBefore();
        assertThat(first - router().nanoTime()).isBetween(lease * 9 / 10, lease);

        pass(Duration.ofSeconds(5));
        router().exchange();

        assertThat(place.renew()).isTrue();
        assertThat(place.startBefore() - first)
                .isGreaterThan(Duration.ofSeconds(5).toNanos() - lease / 10);
    }

    @Test
    void nothingIsAdmittedNorRenewedOnceTheLeaseIsOver() {
        var admission = admission(1000);
        var place = enter(admission, F);
        router().separate(true);
        pass(Duration.ofSeconds(15));

        assertThat(place.renew()).isFalse();
        assertThat(admission.problem()).isPresent();
        assertThatThrownBy(() -> enter(admission, F))
                .isInstanceOfSatisfying(
                        LambdaApiException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE));
        assertThat(meters.get("kappa.router.lots.lapses").counter().count()).isEqualTo(1);
        router().separate(false);
        enter(admission, F);
        assertThat(admission.problem()).isEmpty();
    }

    @Test
    void afterItsFarewellNothingIsAdmitted() {
        var admission = admission(1000);
        enter(admission, F);

        var farewell = admission.farewell();

        assertThat(farewell.needs()).containsOnlyKeys(new Pool.Unreserved());
        assertThat(admission.problem()).isPresent();
    }

    @Test
    void whoWaitsIsServedByWhoeverLeaves() {
        reserve(F, 1);
        var admission = admission(1000);
        var place = enter(admission, F);
        router().separate(true);
        reserve(F, 2); // Which the owner does not know yet.
        assertThat(admission.enter(latest(F), 3)).isNull();
        var waiting = admission.await(latest(F), 3).toCompletableFuture();
        assertThat(waiting).isNotDone();

        place.leave();

        assertThat(waiting).isCompleted();
    }

    @Test
    void metricsTellWhatIsLent() {
        reserve(F, 4);
        admission(1000);

        var lent = meters.get("kappa.router.lots.tokens");
        assertThat(lent.tag("pool", "unreserved").gauge().value()).isEqualTo(996);
        assertThat(meters.get("kappa.router.lots.tokens")
                        .tag("pool", "reserved")
                        .gauge()
                        .value())
                .isEqualTo(4);
    }

    /**
     * How many run at once. The time of this test makes great leaps where a thread gets no processor for a while; what has run for longer than
     * its timeout by then is over, for no worker lets it go on.
     */
    private final class Tally {
        private final Map<Place, Run> running = new HashMap<>();
        private int most;
        private int mostOfH;

        private record Run(FunctionArn function, long began) {}

        synchronized void begin(Place place, FunctionArn function, long began) {
            running.put(place, new Run(function, began));
            long now = router().nanoTime();
            var living = running.values().stream()
                    .filter(run -> now - run.began() <= Duration.ofSeconds(3).toNanos())
                    .toList();
            most = Math.max(most, living.size());
            mostOfH = Math.max(mostOfH, (int)
                    living.stream().filter(run -> run.function().equals(H)).count());
        }

        synchronized void end(Place place) {
            running.remove(place);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noMoreThanReservedUnreservedAndTheAccountHasEverRunWhileReservationsChange(long seed) throws Exception {
        // given
        reserve(H, 4);
        var admission = admission(12);
        var fullSpeed = new AtomicBoolean(true);
        var tally = new Tally();
        var tasks = new ArrayList<Future<?>>();
        // when
        try (var threads = Executors.newFixedThreadPool(5)) {
            tasks.add(threads.submit(() -> {
                var random = new Random(seed);
                for (int i = 0; i < 300; i++) {
                    reserve(random.nextBoolean() ? F : G, random.nextInt(3) == 0 ? null : random.nextInt(4));
                }
                fullSpeed.set(false);
            }));
            for (int i = 0; i < 4; i++) {
                var random = new Random(seed * 31 + i);
                tasks.add(threads.submit(() -> {
                    while (fullSpeed.get()) {
                        nanos.addAndGet(100_000_000);
                        var function = List.of(F, G, H).get(random.nextInt(3));
                        var places = new ArrayList<Place>();
                        for (int j = 0; j < 5; j++) {
                            try {
                                long began = router().nanoTime();
                                var place = admission.enter(latest(function), 3);
                                if (place == null) {
                                    admission.await(latest(function), 3).thenAccept(Place::leave);
                                    continue;
                                }
                                places.add(place);
                                tally.begin(place, function, began);
                            } catch (LambdaApiException e) {
                                Thread.onSpinWait(); // Refused, as some must be.
                            }
                        }
                        for (var place : places) {
                            tally.end(place);
                            place.leave();
                        }
                    }
                }));
            }
        }
        // then
        for (var task : tasks) {
            task.get();
        }
        assertThat(tally.most).isBetween(1, 12);
        assertThat(tally.mostOfH).isBetween(1, 4);
        reserve(F, null);
        reserve(G, null);
        pass(Duration.ofSeconds(10));
        enter(admission, H, 4);
        enter(admission, F, 8);
        assertThrottled(admission, G, CONCURRENCY);
        assertThatCode(() -> assertThrottled(admission, H, RESERVED)).doesNotThrowAnyException();
    }
}
