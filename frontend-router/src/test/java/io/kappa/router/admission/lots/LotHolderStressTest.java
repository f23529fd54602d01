package io.kappa.router.admission.lots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LotHolderStressTest {
    private static final Pool POOL = new Pool.Unreserved();
    private static final int THREADS = 4;
    private static final int ROUNDS = 3_000;

    private final LotHolder holder = new LotHolder(new HolderId("a", "1"), Drift.ASSUMED, _ -> 1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger entered = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * What runs is counted less by the test than by the holder, at any instant: after a request has said how much is kept, and until the next
     * grant, no more may ever run.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsTakenThatARequestHasGivenBack(long seed) throws Exception {
        var tasks = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                tasks.add(threads.submit(this::enterAndLeave));
            }
            var random = new Random(seed);
            try {
                for (int i = 0; i < ROUNDS || entered.get() < ROUNDS; i++) {
                    var request = holder.ask(0);
                    var need = request.needs().get(POOL);
                    int kept = need == null ? 0 : need.held();
                    for (int look = 0; look < 20; look++) {
                        assertThat(running.get()).isLessThanOrEqualTo(kept);
                    }
                    int tokens = random.nextInt(6);
                    holder.accept(new LotGrant(
                            request.holder(),
                            request.sequence(),
                            1000,
                            Map.of(POOL, new LotGrant.Lot(tokens, tokens, 6, 6, 0, 0, 1, 1))));
                }
            } finally {
                over.set(true);
            }
        }
        for (var task : tasks) {
            task.get();
        }
        assertThat(entered.get()).isPositive();
        assertThat(holder.running(POOL)).isZero();
    }

    private void enterAndLeave() {
        while (!over.get()) {
            var ticket = holder.enter(POOL, 1, 0);
            if (ticket.isPresent()) {
                entered.incrementAndGet();
                running.incrementAndGet();
                assertThat(ticket.get().startBefore()).isEqualTo(1000);
                running.decrementAndGet();
                holder.leave(POOL);
            }
        }
    }
}
