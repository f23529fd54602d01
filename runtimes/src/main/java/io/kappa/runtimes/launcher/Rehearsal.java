package io.kappa.runtimes.launcher;

import com.amazonaws.services.lambda.runtime.api.client.EventHandlerLoader;
import com.amazonaws.services.lambda.runtime.api.client.HandlerInfo;
import com.amazonaws.services.lambda.runtime.api.client.logging.LambdaContextLogger;
import com.amazonaws.services.lambda.runtime.api.client.logging.StdOutLogSink;
import com.amazonaws.services.lambda.runtime.api.client.runtimeapi.JniHelper;
import com.amazonaws.services.lambda.runtime.api.client.util.UnsafeUtil;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Properties;
import java.util.Set;

/**
 * What the client will do once there is a function, done before with nothing at stake: most of its time goes into what Java does the
 * first time. Touches no class of the client that remembers variables, so that {@code AWSLambda} and {@code LambdaEnvironment} are loaded
 * and not initialised. Whatever fails here costs time later, and nothing else.
 */
final class Rehearsal {
    private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.";

    /** Functions that every Java has: of a type that is read as it comes, and of one that is looked at first. */
    private static final List<String> FUNCTIONS =
            List.of("java.util.Collections::unmodifiableMap", "java.util.Objects::hashCode");

    /** How often what is not compiled yet is repeated. */
    private static final int REPETITIONS = 5;

    private final ClassLoader loader = Rehearsal.class.getClassLoader();

    private interface Step {
        void run() throws IOException, ReflectiveOperationException;
    }

    void run() {
        var properties = Set.copyOf(System.getProperties().keySet());
        attempt(this::loadClasses);
        for (int i = 0; i < REPETITIONS; i++) {
            attempt(Rehearsal::readSecurityProperties);
        }
        attempt(JniHelper::load);
        attempt(this::initialise);
        attempt(this::log);
        attempt(this::loadFunction);
        attempt(this::lookIntoPackage);
        System.getProperties().keySet().retainAll(properties); // Some are set by what is used the first time.
    }

    private static void attempt(Step step) {
        try {
            step.run();
        } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError _) {
            // Then it happens for the first time when it matters.
        }
    }

    private void loadClasses() throws ClassNotFoundException {
        for (var name : new String[] {
            "AWSLambda",
            "LambdaEnvironment",
            "util.EnvReader",
            "util.ConcurrencyConfig",
            "util.LambdaOutputStream",
            "CustomerClassLoader",
            "LambdaRequestHandler",
            "UserFault",
            "api.LambdaContext",
            "runtimeapi.LambdaRuntimeApiClientImpl",
            "runtimeapi.NativeClient",
            "runtimeapi.dto.InvocationRequest"
        }) {
            var _ = Class.forName(CLIENT + name, false, loader);
        }
    }

    /** The client reads all of them for one. */
    private static void readSecurityProperties() throws IOException {
        var _ = Security.getProperty("networkaddress.cache.negative.ttl");
        var file = Path.of(System.getProperty("java.home"), "conf/security/java.security");
        try (var input = Files.newInputStream(file)) {
            new Properties().load(input);
        }
    }

    /** Whose initialisation looks at no variables. */
    private void initialise() throws ClassNotFoundException {
        UnsafeUtil.disableIllegalAccessWarning();
        for (var name : new String[] {
            CLIENT + "runtimeapi.LambdaRuntimeApiClientImpl",
            "com.amazonaws.services.lambda.runtime.LambdaRuntime",
            "com.amazonaws.services.lambda.runtime.serialization.util.ReflectUtil"
        }) {
            var _ = Class.forName(name, true, loader);
        }
    }

    private void log() throws IOException {
        try (var logger = new LambdaContextLogger(new StdOutLogSink(), LogLevel.UNDEFINED, LogFormat.TEXT)) {
            logger.log(new byte[0]);
        }
    }

    private void loadFunction() throws ClassNotFoundException {
        for (var function : FUNCTIONS) {
            var _ = EventHandlerLoader.loadEventHandler(HandlerInfo.fromString(function, loader));
        }
    }

    /** A class loader like that of the function, for a package without anything in it. */
    private void lookIntoPackage() throws IOException, ReflectiveOperationException {
        var made = Class.forName(CLIENT + "CustomerClassLoader", true, loader)
                .getDeclaredConstructor(String.class, String.class, ClassLoader.class);
        made.setAccessible(true);
        try (var packaged = (URLClassLoader) made.newInstance("/var/empty", "/var/empty", loader)) {
            var _ = Class.forName("absent.Function", true, packaged);
        } catch (ClassNotFoundException _) {
            // As it must be.
        }
    }
}
