package io.kappa.router.admission.lots;

/**
 * How far a clock's rate may be from that of true time, either way.
 *
 * @param perMille of true time
 */
public record Drift(int perMille) {
    /** Many times that of any clock that is not broken. */
    public static final Drift ASSUMED = new Drift(10);

    public Drift {
        if (perMille < 0 || perMille >= 1000) {
            throw new IllegalArgumentException("no drift: " + perMille + " per mille");
        }
    }

    /** After how much of one's own time that much time has passed on every clock. */
    public long surely(long time) {
        return Math.ceilDiv(time * (1000 + perMille), 1000 - perMille);
    }

    /** How much time passes on every clock, at least, while that much passes on one's own. */
    public long atLeast(long time) {
        return Math.floorDiv(time * (1000 - perMille), 1000 + perMille);
    }
}
