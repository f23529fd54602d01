package io.kappa.worker.environment;

import io.kappa.contracts.metering.InvocationUse;
import io.kappa.worker.environment.PlatformLines.InitPhase;

/** What the platform writes into the function's log about one environment, and counts of it. */
final class EnvironmentReports {
    private final EventLoop loop;
    private final EnvironmentOutput output;
    private final PlatformLines lines;
    private final RuntimeProcess process;
    private final MemoryGauge memory;
    private final EnvironmentPlan plan;
    private final EnvironmentMetrics metrics;
    private final EnvironmentTelemetry telemetry;
    private final UseMeter meter;
    private boolean runtimeInitialised;
    private long initStartedNanos;
    private long runtimeRunsNanos;

    EnvironmentReports(
            EventLoop loop,
            EnvironmentOutput output,
            PlatformLines lines,
            RuntimeProcess process,
            EnvironmentPlan plan,
            EnvironmentMetrics metrics,
            EnvironmentTelemetry telemetry,
            UseMeter meter) {
        this.loop = loop;
        this.output = output;
        this.lines = lines;
        this.process = process;
        this.memory = new MemoryGauge(process);
        this.plan = plan;
        this.metrics = metrics;
        this.telemetry = telemetry;
        this.meter = meter;
    }

    void initStarts(InitPhase phase) {
        runtimeInitialised = false;
        initStartedNanos = loop.nanoTime();
        output.platform(lines.initStart(loop.currentTimeMillis(), phase));
        telemetry.initStart(phase);
    }

    /** The runtime is done with its part of the init. */
    void runtimeInitialised(InitPhase phase) {
        runtimeInitialised = true;
        telemetry.initRuntimeDone(phase, new EndStatus.Success());
    }

    /** The process runs, or has been told. */
    void runtimeRuns() {
        runtimeRunsNanos = loop.nanoTime();
        metrics.took(StartPhase.RUNTIME, runtimeRunsNanos - initStartedNanos);
    }

    void initSucceeded(InitPhase phase) {
        memory.megabytes(loop.nanoTime());
        long now = loop.nanoTime();
        metrics.took(StartPhase.INIT, now - runtimeRunsNanos);
        long nanos = now - initStartedNanos;
        output.platform(lines.initRuntimeDone(loop.currentTimeMillis(), phase, new EndStatus.Success()));
        telemetry.initReport(phase, new EndStatus.Success(), InvocationReport.hundredths(nanos));
        if (phase == InitPhase.INIT) {
            metrics.initialised(nanos);
            output.platform(lines.initReport(
                    loop.currentTimeMillis(), phase, InvocationReport.hundredths(nanos), new EndStatus.Success()));
        }
    }

    void initFailed(InitPhase phase, EndStatus status) {
        process.drainOutput();
        long duration = InvocationReport.hundredths(loop.nanoTime() - initStartedNanos);
        output.platform(lines.initRuntimeDone(loop.currentTimeMillis(), phase, status));
        output.platform(lines.initReport(loop.currentTimeMillis(), phase, duration, status));
        if (!runtimeInitialised) {
            telemetry.initRuntimeDone(phase, status);
        }
        telemetry.initReport(phase, status, duration);
        if (phase == InitPhase.INIT) {
            metrics.initFailed();
        }
    }

    void restoreStarts() {
        initStartedNanos = loop.nanoTime();
        output.platform(lines.restoreStart(loop.currentTimeMillis()));
    }

    /** There is no restored process: what there is is started instead. */
    void notRestored() {
        metrics.restoreFailed();
    }

    void restoreSucceeded() {
        memory.megabytes(loop.nanoTime());
        long nanos = loop.nanoTime() - initStartedNanos;
        metrics.restored(nanos);
        output.platform(lines.restoreRuntimeDone(loop.currentTimeMillis(), new EndStatus.Success()));
        output.platform(lines.restoreReport(
                loop.currentTimeMillis(), InvocationReport.hundredths(nanos), new EndStatus.Success()));
    }

    /** Its hooks have failed, or it took too long. */
    void restoreFailed(EndStatus status) {
        process.drainOutput();
        long duration = InvocationReport.hundredths(loop.nanoTime() - initStartedNanos);
        output.platform(lines.restoreRuntimeDone(loop.currentTimeMillis(), status));
        output.platform(lines.restoreReport(loop.currentTimeMillis(), duration, status));
        metrics.restoreFailed();
    }

    void begins(RunningInvocation running) {
        output.begin(running.requestId(), running.invocation().tailWanted());
        output.platform(lines.start(loop.currentTimeMillis(), running.requestId()));
        telemetry.start(running);
    }

    /** The runtime is back, and extensions are not. */
    void runtimeDone(RunningInvocation running, EndStatus status) {
        process.drainOutput(); // What it has printed comes before.
        telemetry.runtimeDone(running, status);
    }

    /**
     * The invocation is over.
     *
     * @return the end of its log in base64, or nothing where that was not wanted
     */
    String ends(RunningInvocation running, EndStatus status, long durationNanos) {
        process.drainOutput(); // What was printed before belongs before the end, and into the tail.
        long millis = loop.currentTimeMillis();
        var report = new InvocationReport(
                running.requestId(),
                InvocationReport.hundredths(durationNanos),
                InvocationReport.hundredths(running.initNanos()),
                InvocationReport.hundredths(running.failedInitNanos()),
                InvocationReport.hundredths(running.restoreNanos()),
                plan.configuration().memoryMegabytes(),
                memory.megabytes(loop.nanoTime()),
                status);
        long extensionNanos = telemetry.extensionNanos();
        if (extensionNanos > 0) {
            metrics.extensionsWentOn(extensionNanos);
        }
        telemetry.runtimeDone(running, status);
        output.platform(lines.runtimeDone(millis, running.requestId(), report.duration(), status));
        output.platform(lines.end(millis, running.requestId()));
        output.platform(lines.report(millis, report));
        telemetry.report(running, report);
        metrics.ended(status, durationNanos);
        meter.used(use(running, report), millis - durationNanos / 1_000_000);
        return output.end();
    }

    private InvocationUse use(RunningInvocation running, InvocationReport report) {
        var configuration = plan.configuration();
        return new InvocationUse(
                plan.key().version(),
                running.invocation().invokedArn(),
                report.requestId(),
                report.status().word(),
                plan.type().word(),
                configuration.architectures().getFirst(),
                report.memoryMegabytes(),
                report.maxMemoryUsedMegabytes(),
                configuration.ephemeralStorageMegabytes(),
                InvocationReport.micros(report.duration()),
                InvocationReport.micros(report.init() + report.failedInit()),
                InvocationReport.micros(report.restore()),
                report.billedMillis(),
                report.billedRestoreMillis(),
                (running.startedNanos() - running.invocation().arrivedNanos()) / 1_000);
    }

    /** Nothing more is written. */
    void close() {
        output.close();
    }
}
