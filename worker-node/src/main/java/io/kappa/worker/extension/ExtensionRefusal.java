package io.kappa.worker.extension;

/**
 * Why an extension is not given what it asks for, as Lambda words it. Always a 403.
 *
 * @param type wire name
 */
public record ExtensionRefusal(String type, String message) {
    static final ExtensionRefusal NO_NAME =
            new ExtensionRefusal("Extension.InvalidExtensionName", "Empty extension name");
    static final ExtensionRefusal NO_JSON =
            new ExtensionRefusal("InvalidRequestFormat", "The body is not a JSON object with a list of events");
    static final ExtensionRefusal UNKNOWN_EVENT =
            new ExtensionRefusal("Extension.InvalidEventType", "E: ErrorInvalidEventType");
    static final ExtensionRefusal SHUTDOWN_OF_INTERNAL =
            new ExtensionRefusal("Extension.InvalidEventType", "E: ShutdownEventNotSupportedForInternalExtension");
    static final ExtensionRefusal CLOSED =
            new ExtensionRefusal("Extension.RegistrationClosed", "Extension registration closed already");
    static final ExtensionRefusal NAME_TAKEN =
            new ExtensionRefusal("Extension.InvalidExtensionState", "Extension with this name already registered");
    static final ExtensionRefusal TOO_MANY = new ExtensionRefusal(
            "Extension.TooManyExtensions", "Extension limit (" + ExtensionRoster.MOST + ") reached");
    static final ExtensionRefusal NO_IDENTIFIER =
            new ExtensionRefusal("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    static final ExtensionRefusal INVALID_IDENTIFIER =
            new ExtensionRefusal("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
    static final ExtensionRefusal NO_ERROR_TYPE =
            new ExtensionRefusal("Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");

    public static ExtensionRefusal unknownIdentifier(String id) {
        return new ExtensionRefusal("Extension.UnknownExtensionIdentifier", "Unknown extension " + id);
    }

    public static ExtensionRefusal transition(String from, String to, String id) {
        return new ExtensionRefusal(
                "Extension.InvalidExtensionState",
                "State transition from " + from + " to " + to + " failed for extension " + id
                        + ". Error: State transition is not allowed");
    }
}
