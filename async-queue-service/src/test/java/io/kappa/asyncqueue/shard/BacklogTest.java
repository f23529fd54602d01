package io.kappa.asyncqueue.shard;

import static io.kappa.asyncqueue.shard.Samples.GREET;
import static io.kappa.asyncqueue.shard.Samples.NOON;
import static io.kappa.asyncqueue.shard.Samples.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.Account;
import io.kappa.asyncqueue.schedule.Schedule.Figures;
import io.kappa.contracts.invocation.InvocationTarget;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int PLACES = 64;

    private static ShardFigures shard(int partition, List<Figures<InvocationTarget>> queues) {
        return new ShardFigures(partition, new Account(1, 0, 0), 0, 0, queues, NOON);
    }

    private static Figures<InvocationTarget> queue(
            InvocationTarget target, int due, int running, int limit, boolean held) {
        return new Figures<>(target, due, due, running, NOON, limit, held);
    }

    private static Map<InvocationTarget, Integer> backlog(ShardFigures... shards) {
        return Backlog.of(List.of(shards), PLACES);
    }

    @Test
    void isWhatRunsAndWhatIsDueInAllShards() {
        assertThat(backlog(
                        shard(0, List.of(queue(GREET, 3, 4, 16, false))),
                        shard(1, List.of(queue(GREET, 0, 2, 16, false)))))
                .containsExactly(Map.entry(GREET, 9));
    }

    @Test
    void isNoneWhereEverythingThatIsDueRuns() {
        assertThat(backlog(shard(0, List.of(queue(GREET, 0, 16, 16, false))))).isEmpty();
    }

    @Test
    void goesNoFurtherThanTheQueueCanGrowMeanwhile() {
        assertThat(backlog(shard(0, List.of(queue(GREET, 1000, 10, 10, false)))))
                .containsExactly(Map.entry(GREET, 20));
        assertThat(backlog(shard(0, List.of(queue(GREET, 1000, 30, 30, false)))))
                .containsExactly(Map.entry(GREET, 32));
        assertThat(backlog(shard(0, List.of(queue(GREET, 1000, 32, 32, false)))))
                .isEmpty();
    }

    @Test
    void leavesOutWhatIsHeld() {
        var other = target("other");
        assertThat(backlog(shard(0, List.of(queue(GREET, 5, 0, 16, true), queue(other, 5, 0, 16, false)))))
                .containsExactly(Map.entry(other, 5));
    }
}
