package io.kappa.runtimes.launcher;

import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaError;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClient;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClientImpl;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.dto.InvocationRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** AWS's client of the Runtime API, and another of the same once the process has been restored. */
final class RestorableClient implements LambdaRuntimeApiClient {
    private static final String ADDRESS = "AWS_LAMBDA_RUNTIME_API";
    private static final String READY = "/2018-06-01/runtime/restore/next";

    /** Of the answer: the file that is not there yet, and will be where the process is restored. */
    private static final String SNAPSHOT = "kappa-snapshot";

    private final OwnProcess process;
    private LambdaRuntimeApiClient client = new LambdaRuntimeApiClientImpl(System.getenv(ADDRESS));

    RestorableClient(OwnProcess process) {
        this.process = process;
    }

    /** Comes back in the environment that is to be: this one, or each in which the process is restored. */
    @Override
    public void restoreNext() throws IOException {
        var file = Question.ask(System.getenv(ADDRESS), READY).header(SNAPSHOT);
        if (file.isEmpty()) {
            return;
        }
        var restored = Path.of(file);
        while (!Files.exists(restored)) { // No connection would live on that could be waited at.
            pause();
        }
        process.change(Assignment.variables(Files.readAllBytes(restored)));
        var address = System.getenv(ADDRESS);
        var _ = Question.ask(address, READY);
        client = new LambdaRuntimeApiClientImpl(address);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public void reportInitError(LambdaError error) throws IOException {
        client.reportInitError(error);
    }

    @Override
    public InvocationRequest nextInvocation() throws IOException {
        return client.nextInvocation();
    }

    @Override
    public InvocationRequest nextInvocationWithExponentialBackoff(LambdaContextLogger logger) throws Exception {
        return client.nextInvocationWithExponentialBackoff(logger);
    }

    @Override
    public void reportInvocationSuccess(String requestId, byte[] response) throws IOException {
        client.reportInvocationSuccess(requestId, response);
    }

    @Override
    public void reportInvocationError(String requestId, LambdaError error) throws IOException {
        client.reportInvocationError(requestId, error);
    }

    @Override
    public void reportRestoreError(LambdaError error) throws IOException {
        client.reportRestoreError(error);
    }
}
