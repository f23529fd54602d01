package io.kappa.router.admission;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.router.admission.lots.Drift;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotOwner;
import io.kappa.router.admission.lots.LotRequest;
import io.kappa.router.admission.lots.LotTerms;
import io.kappa.router.registry.AccountQuotas;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * The admission of a router that is alone, with the owner beside it. Whenever it has a reason to ask, time passes until nothing waits for an
 * answer any more.
 */
public final class LoneRouter {
    private static final int MOST_STEPS = 200;
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long BETWEEN_STEPS = TimeUnit.MILLISECONDS.toNanos(10);

    private final AccountLimits limits;
    private final LotOwner owner;
    private final Admission admission;
    private final AtomicLong passed = new AtomicLong();
    private final LongSupplier nanos;
    private boolean exchanging;
    private volatile boolean separated;

    /**
     * @param usable provisioned environments of a version
     * @param nanos the test's part of the time
     */
    LoneRouter(
            AccountQuotas quotas,
            String account,
            String region,
            RegistryView view,
            ToIntFunction<VersionArn> usable,
            MeterRegistry meters,
            LongSupplier nanos) {
        this.nanos = () -> nanos.getAsLong() + passed.get();
        this.limits = new AccountLimits(quotas, account, region, view);
        this.owner = new LotOwner(
                new LotTerms(AdmissionSettings.DEFAULTS.lease().toNanos(), Drift.ASSUMED), limits.current());
        this.admission = new Admission(
                new HolderId("router", "1"), limits, usable, AdmissionSettings.DEFAULTS, meters, this.nanos);
        admission.onUrge(this::exchange);
        exchange();
    }

    /** @param nanos the test's part of the time */
    public static Admission admission(
            AccountQuotas quotas,
            String account,
            String region,
            RegistryView view,
            MeterRegistry meters,
            LongSupplier nanos) {
        return new LoneRouter(quotas, account, region, view, _ -> 0, meters, nanos).admission();
    }

    Admission admission() {
        return admission;
    }

    long nanoTime() {
        return nanos.getAsLong();
    }

    /** Keeps requests from the owner from now on, or no longer. */
    void separate(boolean separate) {
        separated = separate;
    }

    synchronized void exchange() {
        if (exchanging) {
            return;
        }
        exchanging = true;
        long due = 0;
        int most = separated ? 1 : MOST_STEPS;
        for (int i = 0; i < most && due <= SOON; i++) {
            passed.addAndGet(BETWEEN_STEPS);
            due = admission.step(this::answer);
        }
        exchanging = false;
    }

    private void answer(LotRequest request) {
        if (separated) {
            return;
        }
        long now = nanos.getAsLong();
        owner.limit(limits.current());
        owner.decide(request, now).ifPresent(grant -> {
            owner.apply(grant, now);
            admission.hear(grant);
        });
    }
}
