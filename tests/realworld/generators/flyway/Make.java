// Runs the migrations of a music library with Flyway in an empty database.
//
// Usage: java -cp CLASSES Make URL USER FOLDER

import org.flywaydb.core.Flyway;

public class Make {
  public static void main(String[] arguments) {
    Flyway.configure()
        .dataSource(arguments[0], arguments[1], "")
        .locations("filesystem:" + arguments[2])
        .load()
        .migrate();
  }
}
