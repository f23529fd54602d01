package io.kappa.platform;

import java.util.UUID;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** Creates functions for tests, each under a name of its own. */
final class Functions {
    static final String ROLE = "arn:aws:iam::000000000000:role/test";

    private final LambdaClient lambda;

    Functions(LambdaClient lambda) {
        this.lambda = lambda;
    }

    static String newName(String what) {
        return what + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Creates a function and waits until it is active. Returns its name. */
    String create(
            Runtime runtime, String handler, DeploymentPackage code, Consumer<CreateFunctionRequest.Builder> more) {
        var name = newName("f");
        lambda.createFunction(request -> {
            request.functionName(name)
                    .runtime(runtime)
                    .handler(handler)
                    .role(ROLE)
                    .code(code.code());
            more.accept(request);
        });
        lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));
        return name;
    }

    String python(String source) {
        return python(source, _ -> {});
    }

    /** A function of Python whose handler is called {@code handler}. */
    String python(String source, Consumer<CreateFunctionRequest.Builder> more) {
        return create(Runtime.PYTHON3_13, "app.handler", DeploymentPackage.of("app.py", source), more);
    }

    String nodejs(String source) {
        return create(Runtime.NODEJS22_X, "app.handler", DeploymentPackage.of("app.js", source), _ -> {});
    }

    InvokeResponse invoke(String name, String payload) {
        return lambda.invoke(
                request -> request.functionName(name).logType("Tail").payload(SdkBytes.fromUtf8String(payload)));
    }
}
