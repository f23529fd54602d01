package io.kappa.worker.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A mount namespace that one thread lives in, and that everything it starts sees. The kernel takes the mounts away when the last of them
 * is gone, so a platform that is killed leaves none behind on the machine, however it ends. A second thread, started by the first and so
 * in the same namespace, does what takes long.
 */
final class MountNamespace implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("mounts-and-starts").daemon().factory());
    private final ExecutorService slowThread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("unmounts").daemon().factory());

    /** Something to do in the namespace. */
    interface Task<T> {
        T run() throws IOException;
    }

    /** @throws IOException where this process may not have one */
    MountNamespace() throws IOException {
        try {
            call(() -> {
                Linux.unshareMounts();
                // What the machine mounts later shows here; what is mounted here does not show on the machine.
                Linux.mount("none", Path.of("/"), null, Linux.MS_REC | Linux.MS_SLAVE, null);
                slowThread.execute(() -> {}); // starts it, from here
                return true;
            });
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Runs something in the namespace; one thing at a time, so only what is short. */
    <T> T call(Task<T> task) throws IOException {
        return callOn(thread, task);
    }

    /** Runs something in the namespace that may take its time. */
    <T> T callSlow(Task<T> task) throws IOException {
        return callOn(slowThread, task);
    }

    private static <T> T callOn(ExecutorService thread, Task<T> task) throws IOException {
        try {
            return CompletableFuture.supplyAsync(() -> unchecked(task), thread).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException cause -> throw cause.getCause();
                case RuntimeException cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    private static <T> T unchecked(Task<T> task) {
        try {
            return task.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        slowThread.shutdown();
    }
}
