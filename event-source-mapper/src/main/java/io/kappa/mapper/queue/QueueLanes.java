package io.kappa.mapper.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The lanes of a queue: how many there are to be, how large a new one is, and which may end. Guarded by {@link QueueWork}'s lock. */
final class QueueLanes {
    private static final Duration UNUSED = Duration.ofMinutes(1);

    /** A lane takes what a part of the batches need that may run at once, so that slow ones do not keep all lanes. */
    private static final int WANTED = 4;

    private static final int MOST_RECORDS = 2000;

    private final List<QueueLane> lanes = new ArrayList<>();
    private final int batchSize;
    private int most;
    /** Of the topic. */
    private int partitions = 1;

    QueueLanes(int batchSize, int most) {
        this.batchSize = batchSize;
        this.most = most;
    }

    void add(QueueLane lane) {
        lanes.add(lane);
    }

    void remove(QueueLane lane) {
        lanes.remove(lane);
    }

    int count() {
        return lanes.size();
    }

    void partitions(int number) {
        partitions = number;
    }

    /** There are to be no more than there are without the one that has found no room. */
    void noRoomForMore() {
        most = Math.max(1, lanes.size() - 1);
    }

    /** Whether any holds nothing and asks, or waits until it may. */
    boolean anyIdle() {
        return lanes.stream().anyMatch(lane -> lane.idle);
    }

    /** Whether there are as many as there may be, and none of them can bring anything. */
    boolean exhausted() {
        return lanes.size() >= most && !anyIdle();
    }

    private boolean anyTied() {
        return lanes.stream().anyMatch(lane -> !lane.idle && !lane.starting);
    }

    /**
     * Whether one more is needed for the queue to be asked. A share group's members are given some of the topic's partitions each. A partition
     * whose members are all tied is read by nobody, so while any lane is tied there are to be as many others as there are partitions.
     */
    boolean needOneMore() {
        if (lanes.size() >= most || lanes.stream().anyMatch(lane -> lane.starting)) {
            return false;
        }
        long asking = lanes.stream().filter(lane -> lane.idle && !lane.ending).count();
        return asking < (anyTied() ? partitions : 1);
    }

    /**
     * How many records a lane takes at once.
     *
     * @param batches that may run at once
     */
    int size(int batches) {
        return (int) Math.max(batchSize, Math.min((long) batchSize * Math.ceilDiv(batches, WANTED), MOST_RECORDS));
    }

    /**
     * Whether a lane that holds nothing is of no use, or too small, while another goes on.
     *
     * @param idleSince by {@link System#nanoTime}
     * @param wantedSize of a lane that would be opened now
     */
    boolean canSpare(QueueLane lane, long idleSince, int wantedSize) {
        boolean unused = System.nanoTime() - idleSince > UNUSED.toNanos() && !anyTied();
        boolean tooSmall = lane.size * 2 < wantedSize;
        return (unused || tooSmall) && lanes.stream().anyMatch(other -> other != lane && !other.ending);
    }
}
