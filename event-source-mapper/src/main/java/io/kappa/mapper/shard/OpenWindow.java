package io.kappa.mapper.shard;

/**
 * A tumbling window that is being filled.
 *
 * @param start epoch milliseconds
 * @param end epoch milliseconds
 * @param state JSON object that the function returned last
 * @param overgrown whether the state is too long to go on with
 */
public record OpenWindow(long start, long end, String state, boolean overgrown) {
    static final String NO_STATE = "{}";

    /** The window that a time is in. Windows are aligned to the epoch. */
    static OpenWindow of(long time, long length) {
        long start = Math.floorDiv(time, length) * length;
        return new OpenWindow(start, start + length, NO_STATE, false);
    }

    OpenWindow with(String newState) {
        return new OpenWindow(
                start,
                end,
                newState,
                newState.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > ShardRules.LONGEST_STATE);
    }
}
