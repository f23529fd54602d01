package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.VersionArn;
import io.kappa.worker.sandbox.Sandbox.Layout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The variables that a runtime process sees. Some are reserved, and the user's of the same name are without effect; the rest are defaults
 * that the user may override, as Lambda's developer guide lists them under "Defined runtime environment variables".
 */
final class EnvironmentVariables {

    /**
     * There is no role to take credentials from. SDKs refuse to start without any, even for endpoints that check none, so these are well
     * formed and good for nothing: a service that does check answers that the key is unknown.
     */
    private static final Map<String, String> CREDENTIALS = Map.of(
            "AWS_ACCESS_KEY_ID", "ASIAKAPPAPLACEHOLDER",
            "AWS_SECRET_ACCESS_KEY", "placeholderplaceholderplaceholderplaceho",
            "AWS_SESSION_TOKEN", "placeholder");

    static final String RUNTIME_API = "AWS_LAMBDA_RUNTIME_API";

    private static final String LOG_GROUP = "AWS_LAMBDA_LOG_GROUP_NAME";
    private static final String LOG_STREAM = "AWS_LAMBDA_LOG_STREAM_NAME";
    private static final List<String> LOG_NAMES = List.of(LOG_GROUP, LOG_STREAM);

    /** Names the directory of layers where that is not the usual one; extensions have nothing else to find it by. */
    private static final String LAYERS = "_KAPPA_LAYERS";

    private static final Set<String> NOT_FOR_EXTENSIONS =
            Set.of("AWS_EXECUTION_ENV", LOG_GROUP, LOG_STREAM, "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "PWD");

    private EnvironmentVariables() {}

    /**
     * @param runtime what belongs to the runtime, such as {@code PATH}; the user may override it
     * @param executionEnvironment value of {@code AWS_EXECUTION_ENV}; empty where there is none
     */
    static Map<String, String> of(
            EnvironmentPlan plan,
            Layout layout,
            Map<String, String> runtime,
            String executionEnvironment,
            String runtimeApi) {
        var variables = new HashMap<>(defaults(layout));
        variables.putAll(runtime);
        variables.putAll(plan.configuration().environment());
        variables.putAll(reserved(plan.key().version(), plan.configuration(), plan.name(), layout));
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", plan.type().word());
        if (plan.type() == InitializationType.SNAP_START) {
            LOG_NAMES.forEach(variables::remove); // Each environment that is restored has others.
        }
        variables.put(RUNTIME_API, runtimeApi);
        // As shells that start something leave it, Lambda's own among them.
        variables.put("PWD", runtime.getOrDefault("PWD", layout.taskRoot()));
        if (executionEnvironment.isEmpty()) {
            variables.remove("AWS_EXECUTION_ENV");
        } else {
            variables.put("AWS_EXECUTION_ENV", executionEnvironment);
        }
        variables.remove("_X_AMZN_TRACE_ID"); // Set for each invocation, by the runtime.
        return variables;
    }

    /**
     * Those of extensions that are processes of their own.
     *
     * @param runtime those of the runtime process
     */
    static Map<String, String> ofExtensions(Map<String, String> runtime) {
        var variables = new HashMap<>(runtime);
        variables
                .keySet()
                .removeIf(name -> NOT_FOR_EXTENSIONS.contains(name)
                        || name.startsWith("AWS_XRAY_")
                        || (name.startsWith("_") && !name.equals(LAYERS)));
        return variables;
    }

    /** Those that say nothing of a function. */
    static Map<String, String> defaults(Layout layout) {
        var variables = new HashMap<String, String>();
        variables.put("TZ", ":UTC");
        // Nothing listens there: what is sent is lost, as with a tracing daemon that is down.
        variables.put("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
        variables.put("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
        variables.put("_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
        variables.put("_AWS_XRAY_DAEMON_PORT", "2000");
        if (!layout.tmp().equals("/tmp")) {
            variables.put("TMPDIR", layout.tmp());
        }
        return variables;
    }

    private static Map<String, String> reserved(
            VersionArn version, FunctionConfiguration configuration, EnvironmentName name, Layout layout) {
        var region = version.function().region();
        var logging = configuration.logging();
        var variables = new HashMap<>(CREDENTIALS);
        if (configuration.handler() != null) {
            variables.put("_HANDLER", configuration.handler());
        }
        variables.put("AWS_REGION", region);
        variables.put("AWS_DEFAULT_REGION", region);
        variables.put("AWS_LAMBDA_FUNCTION_NAME", version.function().name().value());
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", version.version().toString());
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(configuration.memoryMegabytes()));
        variables.put(LOG_GROUP, name.logGroup());
        variables.put(LOG_STREAM, name.logStream());
        variables.put("AWS_LAMBDA_LOG_FORMAT", logging.format());
        if (logging.format().equals("JSON")) {
            variables.put("AWS_LAMBDA_LOG_LEVEL", Objects.requireNonNullElse(logging.applicationLevel(), "INFO"));
        }
        variables.put("LAMBDA_TASK_ROOT", layout.taskRoot());
        variables.put("LAMBDA_RUNTIME_DIR", layout.runtimeRoot());
        return variables;
    }
}
