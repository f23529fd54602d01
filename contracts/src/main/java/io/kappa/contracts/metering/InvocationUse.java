package io.kappa.contracts.metering;

import io.kappa.contracts.function.VersionArn;

/**
 * What one invocation has used. Throttled and refused requests use nothing and have none. Source of what is billed: the reference's page on billing.
 *
 * @param invokedArn as the caller gave it, alias or version kept
 * @param status {@code success}, {@code failure} (the handler's), {@code error} (the runtime's) or {@code timeout}
 * @param initialization of the environment: {@code on-demand}, {@code provisioned-concurrency} or {@code snap-start}
 * @param architecture {@code x86_64} or {@code arm64}
 * @param memoryMegabytes configured
 * @param maxMemoryUsedMegabytes of the environment so far
 * @param storageMegabytes configured size of {@code /tmp}
 * @param durationMicros of the handler and the runtime around it
 * @param initMicros of the init phases that this invocation caused and that are billed with it; 0 where it found the environment warm
 * @param restoreMicros of the restoring from a snapshot that it caused; 0 where there was none
 * @param billedMillis duration and init, each millisecond that was begun
 * @param billedRestoreMillis each millisecond of the restoring that was begun
 * @param waitedMicros from its coming to the worker until it began, the start of an environment included
 */
public record InvocationUse(
        VersionArn version,
        String invokedArn,
        String requestId,
        String status,
        String initialization,
        String architecture,
        int memoryMegabytes,
        int maxMemoryUsedMegabytes,
        int storageMegabytes,
        long durationMicros,
        long initMicros,
        long restoreMicros,
        long billedMillis,
        long billedRestoreMillis,
        long waitedMicros) {
    static final String SUCCESS = "success";
}
