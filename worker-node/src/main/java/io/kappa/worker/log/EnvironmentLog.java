package io.kappa.worker.log;

/** Where one execution environment's lines go. Never blocks; lines that come faster than they can be kept are counted instead. */
public interface EnvironmentLog extends AutoCloseable {

    /**
     * Adds a line. May be called from any thread.
     *
     * @param requestId of the invocation during which it was written, or empty
     * @param message without its newline; split where it is longer than 256 KB
     */
    void line(long timeMillis, String requestId, String message);

    /** No lines follow; those added are still delivered. */
    @Override
    void close();
}
