package io.kappa.router.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.autoscaling.api.AutoScalingOperation;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.core.traits.RequiredTrait;

/**
 * A member of a request or of an answer as the SDK's model of the service has it, wherever it stands.
 *
 * @param outer the member whose structure it is in, be that in a list or in a map; null for an outermost one
 */
record ModelMember(@Nullable ModelMember outer, SdkField<?> field) {
    private static final int MOST_DEPTH = 5;
    private static final String MODEL = "software.amazon.awssdk.services.lambda.model.";
    private static final String SCALING_MODEL = "software.amazon.awssdk.services.applicationautoscaling.model.";

    /** Where in a request. */
    enum Place {
        PATH,
        QUERY,
        HEADER,
        BODY,
        /** The body as it is, in no JSON. */
        WHOLE_BODY
    }

    enum Type {
        TEXT("a String"),
        WHOLE("an Integer"),
        REAL("a Double"),
        FLAG("a Boolean"),
        MOMENT("a Timestamp"),
        BYTES("a Blob"),
        LIST("a List"),
        MAP("a Map"),
        STRUCTURE("an Object");

        private final String inRefusals;

        Type(String inRefusals) {
            this.inRefusals = inRefusals;
        }

        /** As the service names it where something else came. */
        String inRefusals() {
            return inRefusals;
        }
    }

    private static final Map<MarshallingType<?>, Type> TYPES = Map.ofEntries(
            Map.entry(MarshallingType.STRING, Type.TEXT),
            Map.entry(MarshallingType.INTEGER, Type.WHOLE),
            Map.entry(MarshallingType.LONG, Type.WHOLE),
            Map.entry(MarshallingType.DOUBLE, Type.REAL),
            Map.entry(MarshallingType.BOOLEAN, Type.FLAG),
            Map.entry(MarshallingType.INSTANT, Type.MOMENT),
            Map.entry(MarshallingType.SDK_BYTES, Type.BYTES),
            Map.entry(MarshallingType.LIST, Type.LIST),
            Map.entry(MarshallingType.MAP, Type.MAP),
            Map.entry(MarshallingType.SDK_POJO, Type.STRUCTURE));

    /** The outermost members. */
    static List<ModelMember> ofRequest(Operation operation) {
        return operation == Operation.INVOKE_ASYNC // Too old for the SDK.
                ? List.of()
                : of(MODEL + operation.wireName() + "Request");
    }

    /** The outermost members, all of which stand in the body. */
    static List<ModelMember> ofRequest(AutoScalingOperation operation) {
        return of(SCALING_MODEL + operation.wireName() + "Request");
    }

    /** The outermost members. */
    static List<ModelMember> ofResponse(Operation operation) {
        return of(MODEL + operation.wireName() + "Response");
    }

    private static List<ModelMember> of(String type) {
        try {
            var builder = (SdkPojo) Class.forName(type).getMethod("builder").invoke(null);
            return of(null, builder);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("the SDK has no " + type, e);
        }
    }

    private static List<ModelMember> of(@Nullable ModelMember outer, SdkPojo structure) {
        return structure.sdkFields().stream()
                .map(field -> new ModelMember(outer, field))
                .toList();
    }

    /** Those of a structure, be it this member or what its list or map holds; none where there is no structure. */
    List<ModelMember> inner() {
        var held = held();
        return typeOf(held) == Type.STRUCTURE ? of(this, held.constructor().get()) : List.of();
    }

    /** What a list or a map is made of, or the member itself. */
    SdkField<?> held() {
        return switch (type()) {
            case LIST -> field.getTrait(ListTrait.class).memberFieldInfo();
            case MAP -> field.getTrait(MapTrait.class).valueFieldInfo();
            default -> field;
        };
    }

    /** This one and those below it, however deep. */
    List<ModelMember> withInner() {
        var all = new ArrayList<ModelMember>();
        all.add(this);
        if (depth() < MOST_DEPTH) { // Some structures of the model hold themselves.
            inner().forEach(member -> all.addAll(member.withInner()));
        }
        return all;
    }

    private int depth() {
        return outer == null ? 1 : outer.depth() + 1;
    }

    String name() {
        return field.locationName();
    }

    /** Names from the outermost structure on. */
    String path() {
        return outer == null ? name() : outer.path() + "." + name();
    }

    /** Gives this member a value, and makes what is needed around it. */
    void put(ObjectNode body, JsonNode value) {
        holder(body).set(name(), value);
    }

    /** The structure that this member is in. */
    ObjectNode holder(ObjectNode body) {
        if (outer == null) {
            return body;
        }
        var around = outer.holder(body);
        if (outer.type() == Type.LIST) {
            var list = around.get(outer.name()) instanceof ArrayNode there ? there : around.putArray(outer.name());
            return list.get(0) instanceof ObjectNode there ? there : list.insertObject(0);
        }
        var structure = around.get(outer.name()) instanceof ObjectNode there ? there : around.putObject(outer.name());
        return outer.type() == Type.MAP ? structure.putObject("KEY") : structure;
    }

    Place place() {
        return switch (field.location()) {
            case PATH, GREEDY_PATH -> Place.PATH;
            case QUERY_PARAM -> Place.QUERY;
            case HEADER -> Place.HEADER;
            case PAYLOAD -> field.containsTrait(PayloadTrait.class) ? Place.WHOLE_BODY : Place.BODY;
            case STATUS_CODE -> Place.HEADER;
        };
    }

    boolean isIn(Place place) {
        return place() == place;
    }

    boolean isRequired() {
        return field.containsTrait(RequiredTrait.class);
    }

    Type type() {
        return typeOf(field);
    }

    private static Type typeOf(SdkField<?> field) {
        return Objects.requireNonNull(TYPES.get(field.marshallingType()), "a type that nobody has thought of");
    }

    /** Some value of the type. */
    JsonNode sample(String text) {
        var json = JsonNodeFactory.instance;
        return switch (type()) {
            case TEXT, BYTES -> json.textNode(text);
            case WHOLE, REAL, MOMENT -> json.numberNode(1);
            case FLAG -> json.booleanNode(true);
            case LIST -> json.arrayNode();
            case MAP -> json.objectNode();
            case STRUCTURE -> {
                var structure = json.objectNode();
                inner().stream()
                        .filter(ModelMember::isRequired)
                        .forEach(member -> structure.set(member.name(), member.sample(text)));
                yield structure;
            }
        };
    }
}
