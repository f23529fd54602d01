package io.kappa.contracts.metering;

/**
 * What the invocations of a function have used on one day, as far as they are charged alike. All are whole numbers, so that adding up loses
 * nothing.
 *
 * @param initialization see {@link InvocationUse}
 * @param architecture see {@link InvocationUse}
 * @param errors of the invocations, those that did not end well
 * @param billedMillis see {@link InvocationUse}
 * @param megabyteMillis billed milliseconds times configured memory; 1,024,000 are one GB-s
 * @param storageMegabyteMillis billed milliseconds times what {@code /tmp} has beyond the 512 MB that cost nothing
 * @param restoredMegabytes configured memory of each environment that was restored
 * @param durationMicros of all together
 * @param longestMicros of the one that took longest
 * @param initMicros see {@link InvocationUse}
 * @param coldStarts invocations that caused an init or a restore
 * @param waitedMicros see {@link InvocationUse}
 */
public record UsageShare(
        String initialization,
        String architecture,
        long invocations,
        long errors,
        long billedMillis,
        long megabyteMillis,
        long storageMegabyteMillis,
        long restoredMegabytes,
        long durationMicros,
        long longestMicros,
        long initMicros,
        long coldStarts,
        long waitedMicros) {
    private static final int FREE_STORAGE_MEGABYTES = 512;

    static UsageShare of(InvocationUse use) {
        long billed = use.billedMillis() + use.billedRestoreMillis();
        return new UsageShare(
                use.initialization(),
                use.architecture(),
                1,
                use.status().equals(InvocationUse.SUCCESS) ? 0 : 1,
                billed,
                billed * use.memoryMegabytes(),
                billed * Math.max(0, use.storageMegabytes() - FREE_STORAGE_MEGABYTES),
                use.restoreMicros() > 0 ? use.memoryMegabytes() : 0,
                use.durationMicros(),
                use.durationMicros(),
                use.initMicros(),
                use.initMicros() > 0 || use.restoreMicros() > 0 ? 1 : 0,
                use.waitedMicros());
    }

    boolean isChargedLike(UsageShare other) {
        return initialization.equals(other.initialization) && architecture.equals(other.architecture);
    }

    /** Both together. */
    UsageShare plus(UsageShare more) {
        return new UsageShare(
                initialization,
                architecture,
                invocations + more.invocations,
                errors + more.errors,
                billedMillis + more.billedMillis,
                megabyteMillis + more.megabyteMillis,
                storageMegabyteMillis + more.storageMegabyteMillis,
                restoredMegabytes + more.restoredMegabytes,
                durationMicros + more.durationMicros,
                Math.max(longestMicros, more.longestMicros),
                initMicros + more.initMicros,
                coldStarts + more.coldStarts,
                waitedMicros + more.waitedMicros);
    }
}
