package io.kappa.router.api.mapping;

import io.kappa.access.object.ObjectStorage;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.router.api.function.BucketRules;
import io.kappa.router.api.function.ConfigurationRules;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Page;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.router.source.SourceTopics;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The operations on event source mappings. Where several rules refuse a creation, the order is AWS's: what the source is, its options,
 * whether the function exists, whether the source does, and what the registry knows of other mappings.
 */
final class EventSourceMappings {
    private final Home home;
    private final Registry registry;
    private final SourceTopics topics;
    private final ObjectStorage objects;
    private final Clock clock;

    EventSourceMappings(Home home, Registry registry, SourceTopics topics, ObjectStorage objects, Clock clock) {
        this.home = home;
        this.registry = registry;
        this.topics = topics;
        this.objects = objects;
        this.clock = clock;
    }

    ApiAnswer create(ApiRequest request) throws Exception {
        var input = Requests.read(MappingShapes.CREATE, request);
        var function = identified(input.requiredText("FunctionName"), request);
        var source = SourceRules.source(input);
        var position = SourceRules.startingPosition(input, source, clock.instant());
        var options = OptionRules.created(input, source, position);
        BucketRules.check(options.onFailure(), objects);
        var tags = Objects.requireNonNullElse(input.mapping("Tags"), Map.<String, String>of());
        ConfigurationRules.checkTags(tags);
        var uuid = UUID.randomUUID().toString();
        var group = Objects.requireNonNullElse(OptionRules.consumerGroup(input, source), uuid);
        var access = Objects.requireNonNullElse(SourceRules.access(input), List.<SourceAccess>of());
        var target = existing(function);
        SourceRules.requireExistence(source, topics);
        return answer(registry.submit(new RegistryCommand.CreateEventSourceMapping(
                new MappingId(home.region(), home.account(), uuid),
                target,
                source,
                access,
                group,
                !Boolean.FALSE.equals(input.flagOrNull("Enabled")),
                options,
                tags)));
    }

    private FunctionIdentifier identified(String name, ApiRequest request) {
        return FunctionIdentifier.of(name, null, home, request.operation());
    }

    private InvocationTarget existing(FunctionIdentifier identifier) {
        return identifier
                .function()
                .flatMap(registry.view()::function)
                .filter(function ->
                        function.versionOf(identifier.effectiveQualifier()).isPresent())
                .map(function -> new InvocationTarget(function.function().function(), identifier.qualifier()))
                .orElseThrow(() -> SourceRules.invalid("Function does not exist"));
    }

    ApiAnswer get(ApiRequest request) {
        var mapping = found(InputReader.read(MappingShapes.ONE, Requests.parameters(request)));
        return ApiAnswer.json(200, json -> MappingJson.write(json, mapping));
    }

    ApiAnswer update(ApiRequest request) throws Exception {
        var input = Requests.read(MappingShapes.UPDATE, request);
        var before = found(input);
        var name = input.text("FunctionName");
        var function = name == null ? null : identified(name, request);
        requireSameGroup(input, before);
        var change = OptionRules.changed(input, before, function == null ? null : existing(function));
        BucketRules.check(change.onFailure(), objects);
        return answer(registry.submit(new RegistryCommand.UpdateEventSourceMapping(before.id(), change)));
    }

    private static void requireSameGroup(Input input, EventSourceMappingRecord mapping) {
        var group = OptionRules.consumerGroup(input, mapping.source());
        if (group != null && !group.equals(mapping.consumerGroup())) {
            throw SourceRules.invalid("The ConsumerGroupId of an event source mapping cannot be changed");
        }
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var mapping = found(InputReader.read(MappingShapes.ONE, Requests.parameters(request)));
        return answer(registry.submit(new RegistryCommand.DeleteEventSourceMapping(mapping.id())));
    }

    private EventSourceMappingRecord found(Input input) {
        return registry.view()
                .mapping(input.requiredText("UUID").toLowerCase(Locale.ROOT))
                .filter(this::isHere)
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist."));
    }

    private boolean isHere(EventSourceMappingRecord mapping) {
        return mapping.id().account().equals(home.account())
                && mapping.id().region().equals(home.region());
    }

    private static ApiAnswer answer(CompletionStage<RegistryAnswer> answer) throws Exception {
        var mapping = Objects.requireNonNull(Requests.done(answer).mapping(), "a change of a mapping answers with it");
        return ApiAnswer.json(202, json -> MappingJson.write(json, mapping));
    }

    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(MappingShapes.LIST, Requests.parameters(request));
        var arn = input.text("EventSourceArn");
        var name = input.text("FunctionName");
        var function = name == null ? null : identified(name, request);
        var found = registry.view().mappings().stream()
                .filter(this::isHere)
                .filter(mapping -> arn == null
                        || mapping.source().sourceArn().filter(arn::equals).isPresent())
                .filter(mapping -> function == null || isFor(mapping.target(), function));
        var page = Page.ofMappings(found, input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("EventSourceMappings");
            for (var mapping : page.items()) {
                MappingJson.write(json, mapping);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Without a qualifier, a function means all of its qualifiers. */
    private static boolean isFor(InvocationTarget target, FunctionIdentifier function) {
        return target.function().name().value().equals(function.name())
                && (function.qualifier() == null || function.qualifier().equals(target.effectiveQualifier()));
    }
}
