package io.kappa.mapper.shard;

import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.shard.Progress.OpenBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a source, from where it was last committed. Records come in by {@link #read}; {@link #next} says what is to be done, and
 * {@link #called} and {@link #handedOver} what has become of it; {@link #progress} is what may be committed.
 *
 * <p>Holds for every order in which these are called:
 * <ul>
 *   <li>the position never passes a record that is neither delivered, nor filtered, nor handed over;
 *   <li>records of one key are delivered in their order, never two batches of them at once;
 *   <li>a bounded number of records waits in memory: {@link #wantsRecords} says when there is no more room.
 * </ul>
 *
 * Used by one thread. Time is epoch milliseconds and comes in from outside.
 */
public final class Shard {
    /** What a shard without lanes reads ahead at least, in bytes and in batches. More would only be a burden to the memory. */
    private static final long PLENTY = 2L * 1024 * 1024;

    private static final int BATCHES_AHEAD = 4;

    private final ShardRules rules;
    private final EventForm form;
    private final int partition;
    private final LinkedHashMap<Object, Lane> lanes = new LinkedHashMap<>();
    /** Keys whose records have been set aside, with the lane that has them. */
    private final Map<Object, Lane> aside = new HashMap<>();
    /** Timestamps by offset. */
    private final TreeMap<Long, Long> unsettled = new TreeMap<>();

    private final BitSet settledBefore;
    private final long settledBase;
    private final Map<Long, OpenBatch> open = new HashMap<>();
    /** Names a lane of records that were set aside. Like no other. */
    private static final class Aside {}

    private long read;
    private long bytes;
    private boolean full;
    private long pausedUntil = Long.MIN_VALUE;

    /** @param progress where to go on */
    public Shard(ShardRules rules, EventForm form, int partition, Progress progress, @Nullable OpenWindow window) {
        this.rules = rules;
        this.form = form;
        this.partition = partition;
        this.read = progress.position();
        this.settledBase = progress.position();
        this.settledBefore = progress.settled();
        progress.open().forEach(batch -> open.put(batch.first(), batch));
        if (window != null) {
            lane(0).resume(window);
        }
    }

    /**
     * Whether there is room for more records. Once there is none, half of what was there has to go before there is, so that records are
     * fetched in few large pieces.
     */
    public boolean wantsRecords() {
        return !full;
    }

    private void updateRoom() {
        int share = full ? 2 : 1;
        full = bytes >= rules.mostBytes() / share
                || (rules.lanes() == 1
                        ? bytes >= PLENTY / share && unsettled.size() >= rules.batchSize() * (BATCHES_AHEAD / share)
                        : read - position() >= Progress.SPAN / share);
    }

    /** Offset of the next record to be read. */
    public long readPosition() {
        return read;
    }

    /** Whether a record has been settled already, by whoever read the shard before. */
    public boolean settledBefore(long offset) {
        return settledBefore.get(Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(0, offset - settledBase))));
    }

    /** Takes in a record that a function is to get. Records come in the order of their offsets; those that nobody is to get are left out. */
    public void read(ConsumerRecord<byte[], byte[]> record, @Nullable Cause defect, long now) {
        int size = form.size(record);
        boolean tooLong = form.envelopeSize() + (long) size > EventForm.LONGEST_EVENT;
        var entry = new Entry(record, size, now, defect == null && tooLong ? Cause.PAYLOAD_TOO_LARGE : defect);
        laneFor(record).add(entry);
        unsettled.put(record.offset(), record.timestamp());
        bytes += entry.footprint();
        readTo(record.offset() + 1);
    }

    /** Everything below the offset has been read. */
    public void readTo(long offset) {
        read = Math.max(read, offset);
        updateRoom();
    }

    private Lane laneFor(ConsumerRecord<byte[], byte[]> record) {
        var setAside = aside.isEmpty() ? null : aside.get(keyOf(record));
        return setAside == null ? lane(laneOf(record)) : setAside;
    }

    private Lane lane(Object name) {
        return lanes.computeIfAbsent(name, _ -> new Lane(name, rules, partition, form.envelopeSize()));
    }

    /** Records of equal keys keep their order. One without a key has none to keep. */
    private static Object keyOf(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? record.offset() : ByteBuffer.wrap(record.key());
    }

    /** Records without a key are spread. */
    private Object laneOf(ConsumerRecord<byte[], byte[]> record) {
        var key = record.key();
        if (rules.lanes() == ShardRules.BY_KEY) {
            return keyOf(record);
        }
        if (rules.lanes() == 1) {
            return 0;
        }
        return key == null
                ? (int) (record.offset() % rules.lanes())
                : Utils.toPositive(Utils.murmur2(key)) % rules.lanes();
    }

    /**
     * What is to be done now.
     *
     * @param most how much of it may be started
     * @param skipped offsets that an operator wants passed over
     */
    public List<Step> next(int most, LongPredicate skipped, long now) {
        var steps = new ArrayList<Step>();
        if (now < pausedUntil) {
            return steps;
        }
        int room = Math.min(most, freeLanes());
        for (var lane : lanes.values()) {
            if (steps.size() >= room) {
                break;
            }
            var step = lane.next(full, open, read, entry -> skipped.test(entry.offset()), now);
            if (step != null) {
                steps.add(step);
            }
        }
        return steps;
    }

    /** What was set aside runs in turn with the lanes, not beside them. */
    private int freeLanes() {
        return aside.isEmpty()
                ? Integer.MAX_VALUE
                : rules.lanes()
                        - (int) lanes.values().stream().filter(Lane::busy).count();
    }

    /** When {@link #next} should be asked again though nothing has happened; {@link Long#MAX_VALUE} where there is no such time. */
    public long due(long now) {
        long due = Long.MAX_VALUE;
        if (freeLanes() <= 0) {
            return due;
        }
        for (var lane : lanes.values()) {
            due = Math.min(due, lane.due(full, now));
        }
        return due == Long.MAX_VALUE ? due : Math.max(due, pausedUntil);
    }

    /** A call has come to this. Says how many records it has settled. */
    public int called(Step.Call call, CallResult result, long now) {
        var lane = lane(call.lane());
        var settled = lane.called(result, now);
        if (result instanceof CallResult.NotRun(boolean throttled, String _) && throttled) {
            pausedUntil = lane.notBefore(); // The function is throttled whichever lane calls it.
        } else if (!(result instanceof CallResult.NotRun)) {
            pausedUntil = Long.MIN_VALUE;
        }
        settle(lane, settled);
        if (rules.lanes() > 1 && !rules.windowed() && lane.waitsForNextTry()) {
            setAside(lane, result instanceof CallResult.PartlyFailed);
        }
        return settled.size();
    }

    /** What fails holds up records of its own keys, and no others of its lane. */
    private void setAside(Lane lane, boolean onlyFirst) {
        var keys = new HashSet<Object>();
        var fresh = lane.setAside(new Aside(), entry -> keyOf(entry.record()), onlyFirst, keys);
        keys.forEach(key -> aside.put(key, fresh));
        lanes.putFirst(fresh.name(), fresh); // Once its time comes, it has waited longer than any other.
        forgetIfEmpty(lane);
    }

    private void forgetIfEmpty(Lane lane) {
        if (lane.empty()) {
            lanes.remove(lane.name());
            aside.values().removeIf(lane::equals);
        }
    }

    /** What is to be kept of the records that were given up is kept. */
    public int handedOver(Step.HandOver handOver, long now) {
        var lane = lane(handOver.lane());
        var settled = lane.handedOver(now);
        settle(lane, settled);
        return settled.size();
    }

    private void settle(Lane lane, List<Entry> settled) {
        for (var entry : settled) {
            unsettled.remove(entry.offset());
            open.remove(entry.offset());
            bytes -= entry.footprint();
        }
        updateRoom();
        forgetIfEmpty(lane);
    }

    /** Offset of the lowest record that is not settled. */
    private long position() {
        return unsettled.isEmpty() ? read : unsettled.firstKey();
    }

    /** Timestamp of the oldest record in memory that is not settled. */
    public OptionalLong oldest() {
        return unsettled.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(unsettled.firstEntry().getValue());
    }

    /** What may be committed now. */
    public Progress progress() {
        long position = position();
        return new Progress(position, settledBeyond(position), openBatches());
    }

    private BitSet settledBeyond(long position) {
        var bits = new BitSet();
        if (rules.lanes() != 1 && !unsettled.isEmpty()) {
            bits.set(0, Math.toIntExact(Math.min(Progress.SPAN, read - position)));
            for (long offset : unsettled.keySet()) {
                if (offset - position < Progress.SPAN) {
                    bits.clear(Math.toIntExact(offset - position));
                }
            }
        }
        // What was settled before and has not been read again stays settled.
        for (int i = settledBefore.nextSetBit((int) Math.max(0, Math.min(Integer.MAX_VALUE, read - settledBase)));
                i >= 0;
                i = settledBefore.nextSetBit(i + 1)) {
            long offset = settledBase + i - position;
            if (offset < Progress.SPAN) {
                bits.set(Math.toIntExact(offset));
            }
        }
        return bits;
    }

    /** Those that are being worked on, and those of earlier that have not been come to. */
    private List<OpenBatch> openBatches() {
        var batches = new ArrayList<OpenBatch>();
        for (var lane : lanes.values()) {
            var work = lane.work();
            var batch = work == null ? null : work.open();
            if (batch != null) {
                batches.add(batch);
            }
        }
        var heads = batches.stream().map(OpenBatch::first).toList();
        open.values().stream()
                .filter(batch -> !heads.contains(batch.first()))
                .filter(batch -> !isBeingTried(batch.first()))
                .forEach(batches::add);
        batches.sort(Comparator.comparingLong(OpenBatch::first));
        return batches;
    }

    private boolean isBeingTried(long first) {
        return lanes.values().stream()
                .map(Lane::work)
                .anyMatch(work -> work != null
                        && !work.done()
                        && work.select(entry -> entry.offset() == first).size() == 1);
    }

    /** The window that is open, if the mapping has windows. */
    public Optional<OpenWindow> window() {
        return lanes.values().stream().findFirst().map(Lane::window);
    }

    /** Whether a call or a handing over is under way. */
    public boolean busy() {
        return lanes.values().stream().anyMatch(Lane::busy);
    }

    /** Records that are being tried or handed over: what is done again where the shard is lost now. */
    public int inFlight() {
        return lanes.values().stream().mapToInt(Lane::inFlight).sum();
    }

    /** What an engineer sees of a shard that stands still. */
    public ShardView view(long now) {
        var blocked = blocked();
        var work = blocked == null ? null : blocked.work();
        Long record = unsettled.isEmpty() ? null : Long.valueOf(unsettled.firstKey());
        if (work != null && !work.done() && !work.current().isEmpty()) {
            record = work.current().getFirst().offset();
        }
        return new ShardView(
                position(),
                read,
                unsettled.size(),
                lanes.values().stream().filter(Lane::busy).count(),
                state(work, now),
                record,
                work == null ? 0 : work.attempts(),
                blocked == null ? 0 : Math.max(0, blocked.notBefore() - now),
                work == null ? null : work.failure());
    }

    /** The lane that holds up the others, if one does: one whose batch fails, or else one whose batch could not be tried. */
    private @Nullable Lane blocked() {
        Lane blocked = null;
        for (var lane : lanes.values()) {
            var work = lane.work();
            if (work != null && work.attempts() > 0) {
                return lane;
            }
            if (work != null && work.hasNotRun()) {
                blocked = lane;
            }
        }
        return blocked;
    }

    private ShardView.State state(@Nullable Work blocked, long now) {
        if (now < pausedUntil) {
            return ShardView.State.THROTTLED;
        }
        if (blocked == null) {
            return ShardView.State.POLLING;
        }
        return blocked.hasNotRun() ? ShardView.State.NOT_RUN : ShardView.State.RETRYING;
    }
}
