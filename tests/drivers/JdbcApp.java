// An application with PostgreSQL's JDBC driver: JdbcApp.java URL USER old|new
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

public class JdbcApp {
  private static volatile boolean asked = false;
  private static volatile boolean failed = false;

  private static void round(Connection connection, String version, int number)
      throws SQLException {
    String name = version.equals("old") ? "name" : "full_name";
    int factor = version.equals("old") ? 1 : 100;
    int value = number % 1000 * factor;
    String text = "jdbc " + version + " " + number;
    long key;
    try (PreparedStatement insert = connection.prepareStatement(
             "INSERT INTO account (" + name + ", v) VALUES (?, ?)", new String[] {"id"})) {
      insert.setString(1, text);
      insert.setInt(2, value);
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        key = keys.getLong(1);
      }
    }
    connection.setAutoCommit(false);
    try (PreparedStatement update = connection.prepareStatement("UPDATE account SET v = v + ?, "
             + name + " = " + name + " || '!' WHERE id = ?")) {
      update.setInt(1, factor);
      update.setLong(2, key);
      expect(update.executeUpdate() + "", "1");
    }
    connection.commit();
    connection.setAutoCommit(true);
    try (PreparedStatement select = connection.prepareStatement(
             "SELECT " + name + ", v FROM account WHERE id = ?")) {
      select.setLong(1, key);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        expect(row.getString(1) + row.getLong(2), text + "!" + (value + factor));
      }
    }
    try (PreparedStatement delete = connection.prepareStatement(
             "DELETE FROM account WHERE id = ? AND id % 2 = 0")) {
      delete.setLong(1, key);
      delete.executeUpdate();
    }
  }

  private static void expect(String found, String wanted) {
    if (!found.equals(wanted)) {
      throw new IllegalStateException("found " + found + ", not " + wanted);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Thread main = Thread.currentThread();
    // The process ends with 143 after SIGTERM unless it halts by itself.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      asked = true;
      try {
        main.join();
      } catch (InterruptedException interrupted) {
        failed = true;
      }
      Runtime.getRuntime().halt(failed ? 1 : 0);
    }));
    int number = 0;
    try (Connection connection =
             DriverManager.getConnection(arguments[0], arguments[1], "")) {
      for (; !asked; ++number) {
        round(connection, arguments[2], number);
        if (number == 0) System.out.println("running");
      }
    } catch (Exception error) {
      failed = true;
      error.printStackTrace();
    }
    System.out.println("rounds " + number);
    System.out.flush();
  }
}
