import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;

/** Prints a receipt. A plain class: the runtime turns the event into the method's argument, and its result into JSON. */
public class Receipt {
    private int printed; // Kept between invocations, for as long as the execution environment lives.

    public Map<String, Object> print(Map<String, Object> order) {
        printed++;
        var line = String.format(Locale.ROOT, "%s: order %s, %s EUR", LocalDate.now(), order.get("id"), order.get("total"));
        System.out.println(line);
        return Map.of("receipt", line, "printedHere", printed);
    }
}
