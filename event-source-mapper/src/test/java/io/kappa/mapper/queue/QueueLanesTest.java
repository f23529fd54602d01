package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueLanesTest {
    private static final int BATCH_SIZE = 10;
    private static final int MOST = 4;

    private final QueueLanes lanes = new QueueLanes(BATCH_SIZE, MOST);
    private final QueueWork work =
            new QueueWork(BATCH_SIZE, Duration.ZERO, 1000, 100, MOST, (_, _) -> {}, Clock.systemUTC());

    private QueueLane lane(int size) {
        var lane = new QueueLane(
                "queue",
                size,
                Duration.ofSeconds(30),
                work,
                _ -> {
                    throw new IllegalStateException("nobody asks here");
                },
                _ -> {},
                _ -> true);
        lanes.add(lane);
        return lane;
    }

    private QueueLane tied() {
        var lane = lane(BATCH_SIZE);
        lane.starting = false;
        return lane;
    }

    private QueueLane idle() {
        var lane = tied();
        lane.idle = true;
        return lane;
    }

    @Test
    void oneThatAsksIsEnoughWhileNoneIsTied() {
        lanes.partitions(3);
        assertThat(lanes.needOneMore()).isTrue();

        idle();

        assertThat(lanes.needOneMore()).isFalse();
    }

    @Test
    void asManyAskAsThereArePartitionsWhileOneIsTied() {
        lanes.partitions(3);
        tied();
        idle();
        idle();
        assertThat(lanes.needOneMore()).isTrue();

        idle();

        assertThat(lanes.needOneMore()).isFalse();
    }

    @Test
    void oneThatStartsIsWaitedFor() {
        tied();
        lane(BATCH_SIZE);

        assertThat(lanes.needOneMore()).isFalse();
    }

    @Test
    void oneThatEndsDoesNotCountAsAsking() {
        idle().ending = true;

        assertThat(lanes.needOneMore()).isTrue();
    }

    @Test
    void thereAreNoMoreThanTheShareGroupHasRoomFor() {
        tied();
        tied();
        assertThat(lanes.needOneMore()).isTrue();
        assertThat(lanes.exhausted()).isFalse();

        lanes.noRoomForMore();

        assertThat(lanes.needOneMore()).isFalse();
        assertThat(lanes.exhausted()).isTrue();
    }

    @Test
    void oneTakesAQuarterOfWhatMayRunButABatchAtLeast() {
        assertThat(lanes.size(1)).isEqualTo(BATCH_SIZE);
        assertThat(lanes.size(40)).isEqualTo(10 * BATCH_SIZE);
        assertThat(lanes.size(Integer.MAX_VALUE)).isEqualTo(2000);
    }

    @Test
    void oneThatIsTooSmallCanBeSparedOnceAnotherGoesOn() {
        var small = idle();
        long now = System.nanoTime();
        assertThat(lanes.canSpare(small, now, 2 * BATCH_SIZE + 1)).isFalse();

        lane(100);

        assertThat(lanes.canSpare(small, now, 2 * BATCH_SIZE)).isFalse();
        assertThat(lanes.canSpare(small, now, 2 * BATCH_SIZE + 1)).isTrue();
    }

    @Test
    void oneThatHasLongBeenOfNoUseCanBeSparedWhileNoneIsTied() {
        var unused = idle();
        lane(BATCH_SIZE);
        long longAgo = System.nanoTime() - Duration.ofMinutes(2).toNanos();
        assertThat(lanes.canSpare(unused, longAgo, BATCH_SIZE)).isTrue();

        tied();

        assertThat(lanes.canSpare(unused, longAgo, BATCH_SIZE)).isFalse();
    }
}
