// Makes the schema of a hotel's bookings with Sequelize in an empty database.
//
// Usage: node sequelize.js SOCKET_DIRECTORY USER DATABASE
const { DataTypes, Sequelize } = require("sequelize");

const [host, username, database] = process.argv.slice(2);
const db = new Sequelize({
  dialect: "postgres", host, username, database, logging: false, define: { schema: "public" },
});

const Hotel = db.define("Hotel", {
  name: { type: DataTypes.STRING, allowNull: false },
  stars: { type: DataTypes.SMALLINT, validate: { min: 1, max: 5 } },
  address: DataTypes.TEXT,
  location: { type: DataTypes.JSONB, defaultValue: {} },
  checkInFrom: DataTypes.TIME,
  amenities: { type: DataTypes.ARRAY(DataTypes.STRING), defaultValue: [] },
  opened: DataTypes.DATEONLY,
}, { indexes: [{ fields: ["location"], using: "gin" }, { fields: ["name", "stars"] }] });

const Room = db.define("Room", {
  number: { type: DataTypes.STRING(10), allowNull: false },
  kind: { type: DataTypes.ENUM("single", "double", "suite"), allowNull: false, defaultValue: "double" },
  floor: { type: DataTypes.INTEGER, defaultValue: 0 },
  area: DataTypes.REAL,
  price: { type: DataTypes.DECIMAL(10, 2), allowNull: false },
  smoking: { type: DataTypes.BOOLEAN, defaultValue: false },
  outOfOrder: DataTypes.RANGE(DataTypes.DATEONLY),
}, { paranoid: true, indexes: [{ unique: true, fields: ["HotelId", "number"] }] });

const Guest = db.define("Guest", {
  id: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4, primaryKey: true },
  firstName: { type: DataTypes.STRING(80), allowNull: false },
  lastName: { type: DataTypes.STRING(80), allowNull: false },
  email: { type: DataTypes.CITEXT, unique: true },
  passport: DataTypes.BLOB,
  newsletter: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
  points: { type: DataTypes.BIGINT, allowNull: false, defaultValue: 0 },
  lastAddress: DataTypes.INET,
}, {
  underscored: true,
  indexes: [
    { name: "guests_lower_name", fields: [db.fn("lower", db.col("last_name")), "first_name"] },
    { name: "guests_newsletter", fields: ["email"], where: { newsletter: true } },
  ],
});

const Booking = db.define("Booking", {
  reference: { type: DataTypes.STRING(12), allowNull: false, unique: "booking_reference" },
  arrives: { type: DataTypes.DATEONLY, allowNull: false },
  leaves: { type: DataTypes.DATEONLY, allowNull: false },
  state: { type: DataTypes.ENUM("held", "confirmed", "cancelled"), defaultValue: "held" },
  adults: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 2 },
  total: DataTypes.DECIMAL(12, 2),
  wishes: DataTypes.TEXT,
  confirmedAt: DataTypes.DATE,
});

const BookingRoom = db.define("BookingRoom", {
  extraBeds: { type: DataTypes.INTEGER, defaultValue: 0 },
  nightly: DataTypes.DOUBLE,
}, { timestamps: false });

const Payment = db.define("payment", {
  id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
  method: { type: DataTypes.ENUM("card", "cash", "transfer"), allowNull: false },
  amount: { type: DataTypes.DECIMAL(12, 2), allowNull: false },
  currency: { type: DataTypes.CHAR(3), allowNull: false, defaultValue: "EUR", comment: "ISO 4217" },
  raw: DataTypes.JSON,
  settled: { type: DataTypes.DATE, defaultValue: db.fn("now") },
}, { freezeTableName: true, schema: "finance", comment: "What guests paid", updatedAt: false });

const Review = db.define("Review", {
  rating: { type: DataTypes.INTEGER, allowNull: false },
  text: DataTypes.TEXT,
  photos: DataTypes.ARRAY(DataTypes.TEXT),
  answered: DataTypes.BOOLEAN,
}, { version: true });

Hotel.hasMany(Room, { foreignKey: { allowNull: false }, onDelete: "CASCADE" });
Room.belongsTo(Hotel);
Guest.hasMany(Booking, { foreignKey: { name: "guestId", allowNull: false }, onDelete: "RESTRICT" });
Guest.belongsTo(Guest, { as: "companion", foreignKey: "companion_id" });
Booking.belongsToMany(Room, { through: BookingRoom });
Room.belongsToMany(Booking, { through: BookingRoom });
Booking.hasMany(Payment, { foreignKey: "booking_id" });
Booking.hasOne(Review, { foreignKey: { name: "bookingId", unique: true } });

async function main() {
  await db.query("CREATE EXTENSION IF NOT EXISTS citext");
  await db.createSchema("finance");
  await db.sync();
  const queries = db.getQueryInterface();
  await queries.addConstraint("Reviews", {
    type: "check", name: "reviews_rating", fields: ["rating"],
    where: { rating: { [Sequelize.Op.between]: [1, 10] } },
  });
  await queries.addConstraint("Bookings", {
    type: "check", name: "bookings_dates", fields: ["arrives"],
    where: db.literal('"leaves" > "arrives"'),
  });
  await db.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
