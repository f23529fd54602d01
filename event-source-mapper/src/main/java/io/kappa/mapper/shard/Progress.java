package io.kappa.mapper.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a shard has got: what is committed to the source's group, so that whoever reads the shard next goes on in the middle of a batch.
 * Everything below {@link #position} is settled. The rest is the commit's metadata, which moves with the position or not at all; it must fit
 * {@link #LONGEST} characters, Kafka's default bound, and leaves out attempts before it leaves out settled records.
 *
 * @param position offset of the lowest record that is not settled
 * @param settled offsets beyond it that are, relative to it
 * @param open batches that have failed before
 */
public record Progress(long position, BitSet settled, List<OpenBatch> open) {
    /** In characters. */
    static final int LONGEST = 4096;

    /** How far beyond the position records may be settled: as many bits fit the metadata as base64. */
    static final int SPAN = 16_384;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * A batch that is to be tried again.
     *
     * @param first offset of its first record
     * @param attempts so far of its first part
     * @param since when its first part was first tried, in epoch milliseconds
     * @param ends offset of the last record of each part, in order: a bisected batch has several
     */
    public record OpenBatch(long first, int attempts, long since, List<Long> ends) {
        public OpenBatch {
            ends = List.copyOf(ends);
        }
    }

    /** @param topic id of the topic: one of the same name that was made anew has other records at these offsets */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Metadata(
            @JsonProperty("v") int formatVersion,
            @JsonProperty("topic") String topic,
            @JsonProperty("settled") @Nullable String settled,
            @JsonProperty("open") @Nullable List<List<Long>> open) {}

    public Progress {
        settled = (BitSet) settled.clone();
        open = List.copyOf(open);
    }

    public static Progress at(long position) {
        return new Progress(position, new BitSet(), List.of());
    }

    /** What goes with the committed position. */
    public String metadata(String topicId) {
        var kept = new ArrayList<>(open);
        while (true) {
            var text = encode(topicId, kept);
            if (text.length() <= LONGEST || kept.isEmpty()) {
                return text;
            }
            kept.removeLast();
        }
    }

    private String encode(String topicId, List<OpenBatch> batches) {
        var bits =
                settled.isEmpty() ? null : Base64.getEncoder().withoutPadding().encodeToString(settled.toByteArray());
        var numbers = batches.stream().map(this::numbers).toList();
        try {
            return JSON.writeValueAsString(new Metadata(1, topicId, bits, numbers.isEmpty() ? null : numbers));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("progress that cannot be written", e);
        }
    }

    /** Offsets relative to the position, because they are shorter so. */
    private List<Long> numbers(OpenBatch batch) {
        var numbers = new ArrayList<Long>();
        numbers.add(batch.first() - position);
        numbers.add((long) batch.attempts());
        numbers.add(batch.since());
        batch.ends().forEach(end -> numbers.add(end - position));
        return numbers;
    }

    /** Progress as it was committed, and the id of the topic that it is about; no id where somebody else has committed. */
    public record Committed(Progress progress, Optional<String> topicId) {}

    /** What was committed. Metadata that is not ours is passed over: the position holds all the same. */
    public static Committed committed(long position, @Nullable String metadata) {
        if (metadata == null || metadata.isEmpty()) {
            return new Committed(at(position), Optional.empty());
        }
        try {
            var read = JSON.readValue(metadata, Metadata.class);
            var settled = read.settled() == null
                    ? new BitSet()
                    : BitSet.valueOf(Base64.getDecoder().decode(read.settled()));
            var open = new ArrayList<OpenBatch>();
            for (var numbers : read.open() == null ? List.<List<Long>>of() : read.open()) {
                open.add(new OpenBatch(
                        position + numbers.get(0),
                        Math.toIntExact(numbers.get(1)),
                        numbers.get(2),
                        numbers.subList(3, numbers.size()).stream()
                                .map(end -> position + end)
                                .toList()));
            }
            return new Committed(new Progress(position, settled, open), Optional.ofNullable(read.topic()));
        } catch (JsonProcessingException | RuntimeException e) {
            return new Committed(at(position), Optional.empty());
        }
    }
}
