"""The models of a small web shop, as a team that uses Django writes them."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    RangeOperators,
)
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower, Upper


class Brand(models.Model):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    homepage = models.URLField(blank=True)
    founded = models.PositiveSmallIntegerField(null=True, blank=True)


class Category(models.Model):
    title = models.CharField(max_length=120, db_index=True)
    slug = models.SlugField(max_length=60)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        unique_together = [("parent", "slug")]
        ordering = ["position"]


class Tag(models.Model):
    label = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label"], name="shop_tag_label_uniq", deferrable=models.Deferrable.DEFERRED
            )
        ]


class Product(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        RETIRED = "retired"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    category = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=200, db_index=True)
    slug = models.SlugField(max_length=200)
    sku = models.CharField(max_length=32)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    description = models.TextField(blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    weight = models.FloatField(null=True)
    attributes = models.JSONField(default=dict)
    colours = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sizes = ArrayField(models.PositiveIntegerField(), null=True)
    search = SearchVectorField(null=True)
    manual = models.FileField(upload_to="manuals/", null=True)
    warranty = models.DurationField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    tags = models.ManyToManyField(Tag, through="ProductTag")
    related = models.ManyToManyField("self", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(check=models.Q(price__gte=0), name="shop_product_price_gte_0"),
            models.CheckConstraint(
                check=models.Q(status__in=["draft", "live", "retired"]), name="shop_product_status_valid"
            ),
            models.UniqueConstraint(
                fields=["sku"], condition=~models.Q(status="retired"), name="shop_product_sku_live_uniq"
            ),
            models.UniqueConstraint(fields=["brand", "slug"], name="shop_product_brand_slug_uniq"),
        ]
        indexes = [
            GinIndex(fields=["attributes"], name="shop_product_attrs_gin"),
            GinIndex(fields=["search"], name="shop_product_search_gin"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="shop_product_name_trgm"),
            models.Index(Lower("name").desc(), "brand", name="shop_product_lower_name_idx"),
            models.Index(
                fields=["-created"], condition=models.Q(status="live"), name="shop_product_live_recent"
            ),
            models.Index(fields=["category", "status"], include=["price"], name="shop_product_cat_incl"),
        ]


class ProductTag(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    weight = models.SmallIntegerField(default=1)

    class Meta:
        unique_together = [("product", "tag")]


class Address(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, db_index=True)
    postcode = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_default=True), name="shop_address_one_default"
            )
        ]


class Order(models.Model):
    number = models.UUIDField(unique=True, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    ship_to = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="+")
    placed_at = models.DateTimeField(db_index=True)
    paid_on = models.DateField(null=True)
    deliver_after = models.TimeField(null=True)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    email = models.EmailField()
    ip = models.GenericIPAddressField(null=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        db_table = "shop_orders"
        get_latest_by = "placed_at"
        constraints = [
            models.CheckConstraint(
                check=models.Q(paid_on__isnull=True) | models.Q(total__gt=0), name="shop_order_paid_has_total"
            )
        ]


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)
    discount = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    gift = models.BooleanField(null=True)

    class Meta:
        unique_together = [("order", "product")]


class Invoice(models.Model):
    order = models.OneToOneField(Order, primary_key=True, on_delete=models.PROTECT)
    serial = models.PositiveBigIntegerField(unique=True)
    scan = models.BinaryField(null=True)
    issued = models.DateField()


class Promotion(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    period = DateRangeField()
    percent = models.PositiveSmallIntegerField()
    cancelled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="shop_promotion_no_overlap",
                expressions=[("period", RangeOperators.OVERLAPS), ("product", RangeOperators.EQUAL)],
                condition=models.Q(cancelled=False),
            ),
            models.CheckConstraint(
                check=models.Q(percent__gt=0, percent__lte=90), name="shop_promotion_percent_range"
            ),
        ]


class Review(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    stars = models.SmallIntegerField()
    body = models.TextField()
    published = models.BooleanField(default=True)

    class Meta:
        index_together = [("content_type", "object_id")]


class FeaturedProduct(Product):
    """A child by multi-table inheritance, whose key is its parent's."""

    headline = models.CharField(max_length=100)
    until = models.DateTimeField(null=True)
