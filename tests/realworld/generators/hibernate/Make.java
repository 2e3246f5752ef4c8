// Prints the schema that Hibernate makes of the entities of an insurer.
//
// Usage: java -cp CLASSES Make FILE

import jakarta.persistence.*;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.*;
import java.util.*;
import org.hibernate.annotations.*;
import org.hibernate.annotations.Check;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.tool.schema.spi.SchemaManagementToolCoordinator;
import org.hibernate.type.SqlTypes;

public class Make {
  enum Gender { FEMALE, MALE, OTHER }

  enum ClaimState { OPEN, ASSESSED, PAID, REJECTED }

  @MappedSuperclass
  static class Audited {
    @Version int version;
    @Column(nullable = false, updatable = false) Instant createdAt;
    @UpdateTimestamp LocalDateTime updatedAt;
    @Column(length = 60) String createdBy;
  }

  @Embeddable
  static class Address {
    @Column(length = 120) String street;
    @Column(length = 60, nullable = false) String city;
    @Column(length = 12) String postcode;
    @Column(length = 2, columnDefinition = "char(2) default 'DE'") String country;
  }

  @Embeddable
  static class Money {
    @Column(precision = 14, scale = 2) BigDecimal amount;
    @Column(length = 3) String currency;
  }

  // One table for the whole hierarchy.
  @Entity
  @Table(name = "party", indexes = {@Index(name = "ix_party_tax", columnList = "tax_no, kind"),
      @Index(name = "ix_party_name", columnList = "name DESC")})
  @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
  @DiscriminatorColumn(name = "kind", length = 10)
  static abstract class Party extends Audited {
    @Id @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "party_seq")
    @SequenceGenerator(name = "party_seq", sequenceName = "party_seq", allocationSize = 50) Long id;
    @Column(nullable = false, length = 200) String name;
    @Column(name = "tax_no", unique = true, length = 20) String taxNo;
    @Embedded Address address;
    @ElementCollection @CollectionTable(name = "party_phone", joinColumns = @JoinColumn(name = "party_id"))
    @MapKeyColumn(name = "label", length = 20) @Column(name = "number", nullable = false, length = 30)
    Map<String, String> phones;
  }

  @Entity @DiscriminatorValue("person")
  static class Person extends Party {
    LocalDate born;
    @Enumerated(EnumType.STRING) Gender gender;
    @Enumerated(EnumType.ORDINAL) Gender formerGender;
    @ManyToOne(fetch = FetchType.LAZY) Person partner;
  }

  @Entity @DiscriminatorValue("company")
  static class Company extends Party {
    Integer employees;
    @Lob String statutes;
    @ManyToMany @JoinTable(name = "company_director", joinColumns = @JoinColumn(name = "company_id")) Set<Person> directors;
  }

  // One table for each class, joined.
  @Entity @Table(name = "policy", uniqueConstraints = @UniqueConstraint(name = "uk_policy_number", columnNames = {"number", "edition"}))
  @Inheritance(strategy = InheritanceType.JOINED)
  static abstract class Policy extends Audited {
    @Id @GeneratedValue UUID id;
    @Column(nullable = false, length = 30) String number;
    @ColumnDefault("1") short edition;
    @ManyToOne(optional = false) @JoinColumn(name = "holder_id", foreignKey = @ForeignKey(name = "fk_policy_holder")) Party holder;
    LocalDate validFrom;
    LocalDate validUntil;
    @Embedded @AttributeOverrides({
        @AttributeOverride(name = "amount", column = @Column(name = "premium_amount", precision = 14, scale = 2, nullable = false)),
        @AttributeOverride(name = "currency", column = @Column(name = "premium_currency", length = 3))}) Money premium;
    @JdbcTypeCode(SqlTypes.JSON) Map<String, String> conditions;
    Duration waitingTime;
    @GeneratedColumn("upper(number)") String shownNumber;
  }

  @Entity @Table(name = "car_policy") @Check(name = "ck_car_power", constraints = "power_kw > 0")
  static class CarPolicy extends Policy {
    @Column(nullable = false, length = 12) String plate;
    @Column(name = "power_kw") int powerKw;
    Year built;
    boolean electric;
  }

  @Entity @Table(name = "home_policy")
  static class HomePolicy extends Policy {
    double squareMetres;
    Float floodRisk;
    @AttributeOverride(name = "city", column = @Column(name = "insured_city")) @Embedded Address insured;
    @JdbcTypeCode(SqlTypes.ARRAY) String[] valuables;
  }

  @Entity @Table(name = "claim")
  @Comment("What a holder wants paid")
  static class Claim extends Audited {
    @Id @GeneratedValue(strategy = GenerationType.IDENTITY) Long id;
    @ManyToOne(optional = false) @OnDelete(action = OnDeleteAction.CASCADE) Policy policy;
    @Enumerated(EnumType.STRING) @Column(nullable = false) @ColumnDefault("'OPEN'") ClaimState state;
    @Column(nullable = false) OffsetDateTime happenedAt;
    @Column(columnDefinition = "text") @Comment("The holder in own words") String story;
    @Embedded Money wanted;
    @Embedded @AttributeOverrides({@AttributeOverride(name = "amount", column = @Column(name = "paid_amount")),
        @AttributeOverride(name = "currency", column = @Column(name = "paid_currency"))}) Money paid;
    @OneToMany(mappedBy = "claim") @OrderColumn(name = "position") List<Document> documents;
    @JdbcTypeCode(SqlTypes.INET) java.net.InetAddress reportedFrom;
  }

  @Entity @Table(name = "document")
  static class Document {
    @Id @GeneratedValue(strategy = GenerationType.SEQUENCE) Long id;
    @ManyToOne Claim claim;
    int position;
    @Column(length = 255, nullable = false) String title;
    byte[] content;
    char language;
    Character rating;
    LocalTime scannedAt;
    Boolean confidential;
    @Column(name = "\"order\"") Integer order;
  }

  static class AssessmentId implements java.io.Serializable {
    Long claim;
    Long assessor;
  }

  @Entity @Table(name = "assessment") @IdClass(AssessmentId.class)
  static class Assessment {
    @Id @ManyToOne Claim claim;
    @Id @ManyToOne Person assessor;
    @Column(precision = 5, scale = 4) BigDecimal share;
    byte confidence;
    @Column(length = 4000) String opinion;
  }

  @Entity @Table(name = "premium_invoice", schema = "accounts")
  static class PremiumInvoice {
    @Id @GeneratedValue(strategy = GenerationType.TABLE) Long id;
    @ManyToOne(optional = false) Policy policy;
    @Column(nullable = false) LocalDate due;
    @Embedded Money total;
    boolean reminded;
    ZonedDateTime paidAt;
  }

  public static void main(String[] arguments) {
    var registry = new StandardServiceRegistryBuilder()
        .applySetting("hibernate.dialect", "org.hibernate.dialect.PostgreSQLDialect")
        .applySetting("hibernate.temp.use_jdbc_metadata_defaults", "false")
        .applySetting("hibernate.physical_naming_strategy",
            "org.hibernate.boot.model.naming.CamelCaseToUnderscoresNamingStrategy")
        .build();
    var sources = new MetadataSources(registry);
    for (Class<?> entity : List.of(Party.class, Person.class, Company.class, Policy.class, CarPolicy.class,
        HomePolicy.class, Claim.class, Document.class, Assessment.class, PremiumInvoice.class)) {
      sources.addAnnotatedClass(entity);
    }
    var metadata = sources.buildMetadata();
    SchemaManagementToolCoordinator.process(metadata, registry, Map.of(
        "jakarta.persistence.schema-generation.scripts.action", "create",
        "jakarta.persistence.schema-generation.scripts.create-target", arguments[0],
        "jakarta.persistence.create-database-schemas", "true",
        "hibernate.hbm2ddl.delimiter", ";",
        "hibernate.format_sql", "true"), null);
    registry.close();
  }
}
