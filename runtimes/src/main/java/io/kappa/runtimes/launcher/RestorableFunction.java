package io.kappa.runtimes.launcher;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.api.client.LambdaEnvironment;
import com.amazonaws.services.lambda.runtime.api.client.LambdaRequestHandler;
import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.logging.StdOutLogSink;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.LambdaRuntimeApiClient;
import com.amazonaws.services.lambda.runtime.api.client.util.ConcurrencyConfig;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;

/**
 * Runs a function of which snapshots may be taken. Does what {@code AWSLambda.main} does, with a client that moves to another Runtime API
 * when the process is restored; AWS's own would be given its address once and for good. Only the loading of the handler, which calls the
 * hooks before a snapshot and after a restore, has no public door.
 */
final class RestorableFunction extends AWSLambda {
    /** Where the library that functions register hooks with finds what AWS's client calls. */
    private static final String HOOKS_PROPERTY = "org.crac.Core.Compat";

    private static final String HOOKS = "com.amazonaws.services.lambda.crac";

    private RestorableFunction() {}

    static void run(String handler) throws Throwable {
        System.setProperty(HOOKS_PROPERTY, HOOKS);
        var load = AWSLambda.class.getDeclaredMethod(
                "getLambdaRequestHandlerObject", String.class, LambdaContextLogger.class, LambdaRuntimeApiClient.class);
        load.setAccessible(true);
        var client = new RestorableClient(new OwnProcess());
        try (var logger = logger()) {
            var function = (LambdaRequestHandler) load.invoke(null, handler, logger, client);
            startRuntimeLoops(function, logger, new ConcurrencyConfig(logger), client);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNullElse(e.getCause(), e);
        }
    }

    private static LambdaContextLogger logger() {
        return new LambdaContextLogger(
                new StdOutLogSink(),
                LogLevel.fromString(LambdaEnvironment.LAMBDA_LOG_LEVEL),
                LogFormat.fromString(LambdaEnvironment.LAMBDA_LOG_FORMAT));
    }
}
