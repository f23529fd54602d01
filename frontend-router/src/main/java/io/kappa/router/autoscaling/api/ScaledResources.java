package io.kappa.router.autoscaling.api;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.router.registry.ScalingChange;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What requests name as scaled, and what the registry knows of it. */
final class ScaledResources {
    static final String NAMESPACE = "lambda";
    static final String DIMENSION = "lambda:function:ProvisionedConcurrency";

    private static final Pattern RESOURCE = Pattern.compile("function:([a-zA-Z0-9-_]{1,64}):([a-zA-Z0-9-_$]{1,128})");

    private final Home home;
    private final Registry registry;

    /** A version or an alias. */
    record Resource(FunctionArn function, String qualifier) {
        String id() {
            return id(function, qualifier);
        }

        static String id(FunctionArn function, String qualifier) {
            return "function:" + function.name() + ":" + qualifier;
        }
    }

    ScaledResources(Home home, Registry registry) {
        this.home = home;
        this.registry = registry;
    }

    /** @throws LambdaApiException where the request is about anything but provisioned concurrency */
    Resource named(Input input) {
        requireSupported(input);
        return resource(input.requiredText("ResourceId"));
    }

    private static void requireSupported(Input input) {
        var namespace = input.requiredText("ServiceNamespace");
        if (!namespace.equals(NAMESPACE)) {
            throw invalid(
                    "Kappa scales " + DIMENSION + " alone; service namespace " + namespace + " is not supported.");
        }
        var dimension = input.textOr("ScalableDimension", DIMENSION);
        if (!dimension.equals(DIMENSION)) {
            throw invalid(
                    "Kappa scales " + DIMENSION + " alone; scalable dimension " + dimension + " is not supported.");
        }
    }

    private Resource resource(String id) {
        var matcher = RESOURCE.matcher(id);
        if (!matcher.matches()) {
            throw invalid("Resource ID " + id + " is not of the form function:name:alias-or-version.");
        }
        var qualifier = matcher.group(2);
        if (qualifier.indexOf('$') >= 0) {
            throw invalid("Resource ID " + id + " does not name a published version or an alias, "
                    + "and nothing else can have provisioned concurrency.");
        }
        return new Resource(home.function(new FunctionName(matcher.group(1))), qualifier);
    }

    /** Those of one kind that a request asks for: of one resource where it names one, else all. */
    <T extends ScalingRecord> Stream<T> described(Input input, Class<T> kind) {
        requireSupported(input);
        if (input.has("ResourceId") && !input.has("ScalableDimension")) {
            throw invalid("ScalableDimension must be specified where ResourceId is.");
        }
        var id = input.text("ResourceId");
        return describedOf(id == null ? null : List.of(id), kind);
    }

    /** @param ids of resources; null for all */
    <T extends ScalingRecord> Stream<T> describedOf(@Nullable List<String> ids, Class<T> kind) {
        var records = registry.view().scaling(kind).stream()
                .filter(record -> record.function().account().equals(home.account())
                        && record.function().region().equals(home.region()));
        return ids == null
                ? records
                : records.filter(record -> ids.contains(Resource.id(record.function(), record.qualifier())));
    }

    /** Those that a request may ask for by name, where it does not name any it is all. */
    Stream<ScalableTargetRecord> describedTargets(Input input) {
        requireSupported(input);
        var ids = input.texts("ResourceIds");
        return describedOf(ids == null || ids.isEmpty() ? null : ids, ScalableTargetRecord.class);
    }

    /** Has a change decided, and returns once every read here shows it. */
    void change(Resource resource, ScalingChange change) throws Exception {
        var _ = Requests.done(
                registry.submit(new RegistryCommand.ChangeScaling(resource.function(), resource.qualifier(), change)));
    }

    /** What has just been made. */
    <T extends ScalingRecord> T made(String key, Class<T> kind) {
        return registry.view()
                .scaling(key)
                .map(kind::cast)
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.CONCURRENT_UPDATE, "It was deleted while it was being changed. Try again."));
    }

    static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.VALIDATION, message);
    }
}
